"""Every text that people may read has a German translation in a catalogue of ours."""

from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

import stadtkern

ROOT = Path(stadtkern.__file__).parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLURALS = 2
Text = tuple[str, ...]


def in_python(path: Path) -> Iterator[Text]:
    with path.open("rb") as source:
        yield from found_in(source)


def in_template(path: Path) -> Iterator[Text]:
    """Django turns a template into Python calls, as its own makemessages does."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    yield from found_in(BytesIO(source.encode("utf-8")))


def found_in(source) -> Iterator[Text]:
    options = {"encoding": "utf-8"}
    for _line, texts, _comments, context in extract("python", source, KEYWORDS, options=options):
        ids = (texts,) if isinstance(texts, str) else tuple(one for one in texts if one)
        if ids and ids[0]:
            yield (context or "", *ids)


def texts() -> Iterator[tuple[Text, str]]:
    """Every text of ours, with the file it stands in."""
    files = [(path, in_python) for path in ROOT.glob("**/*.py") if "tests" not in path.parts]
    for kind in ("html", "txt"):
        files += [(path, in_template) for path in ROOT.glob(f"**/templates/**/*.{kind}")]
    for path, read in files:
        for text in read(path):
            yield text, path.relative_to(ROOT).as_posix()


def catalogues() -> list[Catalog]:
    """Those of our packages that the site loads."""
    folders = [Path(app.path) / "locale" for app in apps.get_app_configs()]
    folders += [Path(path) for path in settings.LOCALE_PATHS]
    files = [folder / "de/LC_MESSAGES/django.po" for folder in folders]
    ours = [path for path in files if path.is_file() and path.is_relative_to(ROOT)]
    return [read_po(StringIO(path.read_text(encoding="utf-8")), locale="de") for path in ours]


def is_translated(text: Text, catalogue: Catalog) -> bool:
    context, *ids = text
    message = catalogue.get(ids[0], context or None)
    if message is None or message.fuzzy:
        return False
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(said) and len(said) == len(ids[:PLURALS])


def test_every_text_has_a_german_translation():
    known = catalogues()
    missing = {
        (text[1], where) for text, where in texts()
        if not any(is_translated(text, catalogue) for catalogue in known)
    }  # fmt: skip
    assert not missing, "\n".join(f"{where}: {text}" for text, where in sorted(missing))


def test_the_search_for_texts_finds_them():
    found = {text[1] for text, _where in texts()}
    assert {"Sign in", "Parking", "Places as a list", "%(count)d car park"} <= found


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda one: one.project)
def test_translations_keep_the_placeholders(catalogue):
    broken = [(message.id, list(map(str, problems))) for message, problems in catalogue.check()]
    assert not broken


def test_a_text_has_one_translation_in_all_catalogues():
    """They are merged: a second one would change the words of other pages. `context` tells apart."""
    said: dict[tuple[str | None, object], set[object]] = {}
    for catalogue in catalogues():
        for message in catalogue:
            if message.id:
                said.setdefault((message.context, message.id), set()).add(message.string)
    several = {text: words for text, words in said.items() if len(words) > 1}
    assert not several, "\n".join(f"{text}: {words}" for text, words in several.items())


def test_no_translation_is_left_over():
    used = {text[1] for text, _where in texts()}
    left = {
        (message.id[0] if isinstance(message.id, tuple) else message.id)
        for catalogue in catalogues() for message in catalogue if message.id
    } - used  # fmt: skip
    assert not left, "\n".join(sorted(left))
