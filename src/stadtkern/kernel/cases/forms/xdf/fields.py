"""One data field of FIM as a question."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field, Kind, Option
from stadtkern.kernel.cases.forms.patterns import wrong_pattern
from stadtkern.kernel.cases.forms.xdf.notes import Note
from stadtkern.kernel.cases.forms.xdf.reading import Datum, Part

KINDS: Final[dict[str, Kind]] = {
    "text": "text", "text_latin": "text", "date": "date", "time": "time", "datetime": "date",
    "bool": "boolean", "num": "number", "num_int": "integer", "num_currency": "money",
    "file": "file", "obj": "long_text",
}  # fmt: skip
NUMBERS: Final = ("number", "integer", "money")
# Longer answers get several lines.
LINE: Final = 200
LONGEST: Final = 20_000
MOST_FILES: Final = 20


def field_from(
    part: Part, name: Callable[[str], str], notes: list[Note], left: list[Note]
) -> Field | None:
    """The question of a data field; None for hidden ones, which ask nothing."""
    datum = part.what
    assert isinstance(datum, Datum)

    def say(to: list[Note], text: str) -> None:
        to.append(Note(where=datum.id, text=text % {"title": datum.title or datum.id}))

    if datum.input == "hidden":
        say(left, _("“%(title)s” is a hidden field: nobody is asked for it."))
        return None
    title = {"de": datum.title or datum.id}
    if datum.input == "label":
        text = datum.content or datum.help
        return Field(id=name(datum.id), kind="note", title=title, required=False, fim=datum.id,
                     about={"de": text} if text else {})  # fmt: skip
    kind = _kind(datum, part, say, notes, left)
    made: dict[str, Any] = {"about": {"de": datum.help} if datum.help else {}}
    if kind in ("choice", "choices"):
        made["options"] = _options(datum)
    made |= _limits(datum, kind, say, notes)
    if kind == "file":
        made |= {"types": datum.media_types, "most": min(part.most, MOST_FILES)}
    if kind == "choices":
        made["most"] = min(part.most, 100)
    if datum.input == "locked" or datum.prefill in ("optional", "verpflichtend"):
        say(notes, _("“%(title)s” can be filled in before: choose from where."))
    return Field(id=name(datum.id), kind=kind, title=title, required=part.least > 0, fim=datum.id,
                 **made)  # fmt: skip


def _kind(
    datum: Datum, part: Part, say: Callable[[list[Note], str], None], notes: list[Note],
    left: list[Note],
) -> Kind:  # fmt: skip
    if datum.input == "select":
        if datum.codes:
            return "choices" if part.most > 1 else "choice"
        text = _("“%(title)s” chooses from a code list that is not in the file (%(list)s); "
                 "it was taken over as text.")  # fmt: skip
        say(left, text.replace("%(list)s", datum.code_list.replace("%", "%%") or "?"))
        return "text"
    if datum.type not in KINDS or datum.type == "obj":
        say(left, _("“%(title)s” is an object; it was taken over as text."))
    if datum.type == "datetime":
        say(notes, _("“%(title)s” is date and time; it was taken over as a date."))
    kind = KINDS.get(datum.type, "text")
    if part.most > 1 and kind != "file":
        say(notes, _("“%(title)s” can be answered several times; one answer in each line."))
        return "long_text"
    longest = _whole(datum.limits.get("maxLength"))
    return "long_text" if kind == "text" and longest > LINE else kind


def _options(datum: Datum) -> tuple[Option, ...]:
    seen = {one.code: one for one in datum.codes}
    return tuple(Option(value=one.code, title={"de": one.name}) for one in seen.values())


def _limits(
    datum: Datum, kind: Kind, say: Callable[[list[Note], str], None], notes: list[Note]
) -> dict[str, Any]:
    told = datum.limits
    found: dict[str, Any] = {}
    if kind in ("text", "long_text") and 0 < (longest := _whole(told.get("maxLength"))) <= LONGEST:
        found["longest"] = longest
    if kind in NUMBERS:
        pairs = {"low": _number(told.get("minValue")), "high": _number(told.get("maxValue"))}
        found |= {name: value for name, value in pairs.items() if value is not None}
    pattern = told.get("pattern", "")
    if pattern and kind == "text":
        if wrong_pattern(pattern):
            say(notes, _("The pattern of “%(title)s” cannot be used as it is."))
        else:
            found["pattern"] = pattern
    return found


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _number(text: str | None) -> float | None:
    try:
        found = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) < 10**12 else None
