"""The house keeps its own rules: sizes, names, relations, promised addresses."""

import ast
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "stadtkern"
SOURCES = sorted(
    p
    for p in PACKAGE.rglob("*.py")
    if not {"tests", "migrations"} & set(p.relative_to(PACKAGE).parts)
)
BANNED = {"utils.py", "helpers.py", "enums.py", "constants.py", "common.py", "misc.py"}
ORDER = ["people", "places", "jobs", "audit", "things", "devices"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert path.name not in BANNED
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


def test_settings_stay_short():
    lines = (PACKAGE / "site" / "settings.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250


def test_foreign_keys_follow_the_kernels_order():
    for model in apps.get_models():
        label = model._meta.app_label
        if not model.__module__.startswith("stadtkern.kernel"):
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or target is None or target is model:
                continue
            other = target._meta.app_label
            if other in ORDER and label in ORDER:
                assert ORDER.index(other) <= ORDER.index(label), field


def test_the_kernel_does_not_know_the_demo_city():
    for path in (PACKAGE / "kernel").rglob("*"):
        if path.suffix in (".py", ".html", ".sql", ".po", ".css") and "static" not in path.parts:
            assert "Herne" not in path.read_text(encoding="utf-8"), path


def test_simulators_know_nothing_of_us():
    for path in (ROOT / "simulators").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(name.startswith("stadtkern") for name in names), path


def imported(tree):
    """Top-level names that a module imports when it runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from imported(ast.Module(body=node.orelse, type_ignores=[]))
        elif isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        else:
            yield from imported(node)


def installed_with(name, extras, known):
    """The distributions that come with this one, without the tools of developers."""
    known.add(canonicalize_name(name))
    for line in metadata.requires(name) or ():
        one = Requirement(line)
        wanted = one.marker is None or any(one.marker.evaluate({"extra": e}) for e in ("", *extras))
        if wanted and canonicalize_name(one.name) not in known:
            installed_with(one.name, one.extras, known)
    return known


def test_what_runs_needs_no_tool_of_developers():
    there = installed_with("stadtkern", ("plates",), set())
    owners = metadata.packages_distributions()
    lacking = {
        (name, path.relative_to(PACKAGE).as_posix())
        for path in SOURCES
        if "testing" not in path.parts
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in owners and not there & {canonicalize_name(one) for one in owners[name]}
    }
    assert lacking == set()
