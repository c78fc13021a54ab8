"""The outside door: a system in a distribution of its own works without a change in ours."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
FERRY = ROOT / "tests" / "outside"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-city-system.md"
CITY = (
    '[city]\nname = "Musterstadt"\nbounds = [7, 51, 8, 52]\n'
    "[systems.ferry]\n[systems.parking]\n[systems.environment]\n"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The ferry built as a wheel and unpacked into a folder of its own, and a city that has it."""
    folder = tmp_path_factory.mktemp("outside")
    source = folder / "source"
    shutil.copytree(FERRY, source)
    po = source / "src" / "ferry" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    with po.open("rb") as read, po.with_suffix(".mo").open("wb") as write:
        write_mo(write, read_po(read))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (wheel,) = (source / "dist").glob("*.whl")
    shutil.unpack_archive(wheel, folder / "site", "zip")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    return folder


def environment(folder):
    return {
        **os.environ,
        "PYTHONPATH": str(folder / "site"),
        "STADTKERN_CITY": str(folder / "city.toml"),
        "STADTKERN_DATA": str(folder / "data"),
        "PYTEST_XDIST_WORKER": "",
    }


def test_it_is_listed_and_on(installed):
    done = subprocess.run(
        [sys.executable, "-m", "stadtkern", "systems"],
        env=environment(installed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^ferry +on ", done.stdout, re.MULTILINE)


@pytest.mark.slow
def test_it_passes_the_contract_test_that_we_ship(installed):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            str(ROOT / "tests" / "test_contract.py"),
            "-q",
            "-k",
            "ferry",
            "-p",
            "no:randomly",
            "-p",
            "no:xdist",
            "--create-db",
        ],
        env={
            k: v
            for k, v in environment(installed).items()
            if not k.startswith(("PYTEST_", "DATABASE_URL"))
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d+ passed", done.stdout)


def test_the_tutorial_shows_exactly_this_code():
    blocks = re.findall(
        r"`([\w./-]+)`:\n\n```\w+\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL
    )
    shown = dict(blocks)
    files = {
        str(p.relative_to(FERRY)): p.read_text("utf-8")
        for p in FERRY.rglob("*")
        if p.is_file() and p.suffix in (".py", ".toml", ".html", ".po")
    }
    assert shown == files
