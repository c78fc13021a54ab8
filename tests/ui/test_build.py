"""The front end is built from these sources, is complete, and is not built twice."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from stadtkern.kernel.ui import build, checks


def test_all_entry_files_are_there_and_no_source_map():
    assert build.missing() == []
    assert [file.name for file in build.OUT.rglob("*.map")] == []


def test_what_is_built_is_not_built_again(monkeypatch):
    if not build.is_built():
        pytest.skip("the front end is being worked on")
    monkeypatch.setattr(build, "_call", lambda *_: pytest.fail("the build ran again"))
    monkeypatch.setattr(build, "stale_catalogues", lambda: iter(()))
    build.run()
    assert build.requirements() == []


def test_a_changed_source_asks_for_node(monkeypatch):
    monkeypatch.setattr(build, "_stamp", lambda: "another")
    assert [one for one in build.requirements() if "node" in one] == [build.NODE]


def test_a_missing_file_is_refused_at_the_end_of_a_build_and_named_by_the_check(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(build, "OUT", tmp_path)
    monkeypatch.setattr(build, "build", lambda: None)
    monkeypatch.setattr(build, "stale_catalogues", lambda: iter(()))
    with pytest.raises(build.BuildProblem, match=r"city-map\.js"):
        build.run()
    assert "city-map.js" in checks.front_end(None)[0].msg


def test_translations_are_compiled_from_their_text(monkeypatch, tmp_path):
    folder = tmp_path / "one" / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    text = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Bay"\nmsgstr "Platz"\n'
    )
    (folder / "django.po").write_text(text)
    monkeypatch.setattr(build, "SOURCE", tmp_path)
    assert list(build.stale_catalogues()) == [folder / "django.po"]
    build.compile_catalogues()
    assert b"Platz" in (folder / "django.mo").read_bytes()
    assert list(build.stale_catalogues()) == []


def test_every_text_of_the_shared_pages_has_its_german():
    here = Path(build.__file__).parent
    with (here / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        known = {m.id if isinstance(m.id, str) else m.id[0]: m.string for m in read_po(file)}
    sources = "\n".join(
        file.read_text() for file in here.rglob("*") if file.suffix in (".py", ".html")
    )
    said = set(re.findall(r"""(?:\b_\(|translate )["']([^"']+)["']""", sources))
    assert len(said) > 30
    assert {text for text in said if not known.get(text)} == set()


def test_the_stylesheet_stays_small():
    assert (build.OUT / "site.css").stat().st_size < 40_000
