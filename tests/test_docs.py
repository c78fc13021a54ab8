"""The reference says everything there is to say: contract, city file, variables, commands."""

import dataclasses
import inspect
import re
from pathlib import Path

import msgspec
import pytest

from stadtkern.kernel import city, contract, registry
from stadtkern.site.cli import COMMANDS

ROOT = Path(__file__).parents[1]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


PARTS = [o for o in vars(contract).values() if inspect.isclass(o) and dataclasses.is_dataclass(o)]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_of_the_contract_is_in_the_reference(part):
    section = text("docs/reference/contract.md").split(f"## `{part.__name__}`")[1].split("\n## ")[0]
    for field in dataclasses.fields(part):
        assert f"`{field.name}`" in section


def settings_types():
    yield from (city.Identity, city.Map, city.Web, city.Mqtt, city.Keep, city.Api, city.Oidc)
    yield from (registry.resolve(s.settings) for s in registry.installed() if s.settings)


@pytest.mark.parametrize("kind", settings_types(), ids=lambda kind: kind.__name__)
def test_every_setting_is_in_the_reference(kind):
    said = text("docs/reference/city-file.md")
    for field in msgspec.structs.fields(kind):
        assert f"`{field.name}`" in said


def test_every_variable_is_in_the_guide():
    said = text("docs/guide/operating.md")
    used = set()
    for path in (ROOT / "src" / "stadtkern" / "site").rglob("*.py"):
        used |= set(re.findall(r'"(STADTKERN_[A-Z_]+|DATABASE_URL)"', path.read_text("utf-8")))
    assert used
    assert {name for name in used if f"`{name}`" not in said} == set()


def test_every_command_is_taught_somewhere():
    said = text("README.md") + text("docs/guide/operating.md") + text("CONTRIBUTING.md")
    for command in set(COMMANDS) - {"load-demo", "systems", "devices", "demo"}:
        assert f"stadtkern {command}" in said or f"`{command}`" in said, command


def test_links_between_our_pages_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
