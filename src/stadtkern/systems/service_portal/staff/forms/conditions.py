"""Conditions as drop-downs: a field, a comparison, a value; all of some and one of others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.definition import Condition, Definition, Field, Test
from stadtkern.kernel.cases.forms.spell import OPERATORS, spelt
from stadtkern.kernel.cases.forms.values.dates import day_of
from stadtkern.kernel.cases.forms.values.numbers import amount
from stadtkern.kernel.cases.forms.values.picks import NO, YES
from stadtkern.kernel.cases.forms.values.texts import in_words

# Empty lines that are offered besides those that are filled.
SPARE: Final = 2
GROUPS: Final = ("all", "any")
NUMBERS: Final = ("integer", "number")
SILENT: Final = ("filled", "empty")
AGES: Final = ("age_under", "age_at_least")


class NotUsable(Exception):
    """A comparison that cannot be understood; the text says how to repair it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One comparison as the page shows it."""

    name: str
    number: int
    field: str
    op: str
    pick: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """All that the page needs to draw a condition."""

    all: tuple[Line, ...]
    any: tuple[Line, ...]
    nested: tuple[str, ...]
    fields: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    picks: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    operators: tuple[tuple[str, str], ...]


def board(
    condition: Condition, definition: Definition, language: str, said: Any = None, skip: str = ""
) -> Board:
    """A condition as it is, or as it was said a moment ago; `skip` is a field left out."""
    lines = {
        name: _said(said, name) if said is not None else _kept(getattr(condition, name), name,
                                                               definition)
        for name in GROUPS
    }  # fmt: skip
    nested = [one for name in GROUPS for one in getattr(condition, name)
              if isinstance(one, Condition)]  # fmt: skip
    return Board(
        all=lines["all"], any=lines["any"],
        nested=tuple(spelt(one, definition, language) for one in nested),
        fields=_fields(definition, language, skip), picks=_picks(definition, language, skip),
        operators=tuple((name, str(title)) for name, title in OPERATORS.items()),
    )  # fmt: skip


def parsed(said: Any, definition: Definition, before: Condition) -> Condition:
    """The condition that a page said; nested ones stay as they were. Raises NotUsable."""
    fields = definition.fields()
    found: dict[str, tuple[Test | Condition, ...]] = {}
    for name in GROUPS:
        kept = () if said.get("drop-nested") else (
            one for one in getattr(before, name) if isinstance(one, Condition))  # fmt: skip
        tests = (_test(line, fields) for line in _said(said, name) if line.field)
        found[name] = (*tests, *kept)
    return Condition(**found)


def _kept(parts: Iterable[Test | Condition], name: str, definition: Definition) -> tuple[Line, ...]:
    fields = definition.fields()
    tests = [one for one in parts if isinstance(one, Test)]
    lines = [_line(one, name, at, fields.get(one.field)) for at, one in enumerate(tests)]
    spare = range(len(tests), len(tests) + SPARE)
    empty = [Line(name=name, number=at, field="", op="is", pick="", text="") for at in spare]
    return (*lines, *empty)


def _line(test: Test, name: str, number: int, field: Field | None) -> Line:
    picked = field is not None and field.kind in ("choice", "choices", "boolean")
    single = picked and not isinstance(test.value, list | tuple) and test.op not in SILENT
    pick = f"{test.field}:{_word(test.value)}" if single else ""
    return Line(name=name, number=number, field=test.field, op=test.op, pick=pick,
                text="" if single else _text(test, field))  # fmt: skip


def _word(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _text(test: Test, field: Field | None) -> str:
    if test.value is None:
        return ""
    if isinstance(test.value, list | tuple):
        return ", ".join(str(one) for one in test.value)
    if field is not None and field.kind == "money" and isinstance(test.value, int):
        return f"{test.value // 100},{test.value % 100:02d}"
    day = day_of(str(test.value))
    return f"{day.day}.{day.month}.{day.year}" if day else str(test.value)


def _said(said: Mapping[str, str], name: str) -> tuple[Line, ...]:
    lines = []
    for number in range(60):
        stem = f"{name}-{number}"
        if f"{stem}-field" not in said:
            break
        lines.append(
            Line(name=name, number=number, field=said[f"{stem}-field"],
                 op=said.get(f"{stem}-op", "is"), pick=said.get(f"{stem}-pick", ""),
                 text=said.get(f"{stem}-text", "").strip())
        )  # fmt: skip
    return tuple(lines)


def _test(line: Line, fields: Mapping[str, Field]) -> Test:
    field = fields.get(line.field)
    if field is None or line.op not in OPERATORS:
        raise NotUsable(_("Choose a question and a comparison from the lists."))
    return Test(field=field.id, op=line.op, value=_value(line, field))  # type: ignore[arg-type]


def _value(line: Line, field: Field) -> Any:
    title = in_words(field.title, "de")
    if line.op in SILENT:
        return None
    owner, _colon, pick = line.pick.partition(":")
    if line.pick and owner != field.id:
        said = _("“%(title)s”: the chosen answer belongs to another question.")
        raise NotUsable(said % {"title": title})
    if line.op in ("in", "not_in"):
        words = [*([pick] if pick else []), *line.text.split(",")]
        return [_one(word.strip(), field, title) for word in words if word.strip()]
    if line.op in AGES:
        return _whole(line.text, title)
    if line.op in ("less", "more") and field.kind == "date":
        day = day_of(line.text)
        return day.isoformat() if day else _whole(line.text, title)
    return _one(pick or line.text, field, title)


def _one(word: str, field: Field, title: str) -> Any:
    if not word:
        said = _("“%(title)s”: choose or write what it is compared with.")
        raise NotUsable(said % {"title": title})
    if field.kind == "boolean":
        if word.lower() not in (*YES, *NO):
            raise NotUsable(_("“%(title)s”: choose yes or no.") % {"title": title})
        return word.lower() in YES
    if field.options:
        known = {one.value: one.value for one in field.options}
        known |= {one.title.get("de", ""): one.value for one in field.options}
        if word not in known:
            said = _("“%(title)s”: “%(word)s” is none of its answers.")
            raise NotUsable(said % {"title": title, "word": word})
        return known[word]
    if field.kind in (*NUMBERS, "money"):
        return _number(word, field, title)
    if field.kind == "date":
        day = day_of(word)
        if day is None:
            said = _("“%(title)s”: write the date like this: 31.12.2026")
            raise NotUsable(said % {"title": title})
        return day.isoformat()
    return word


def _number(word: str, field: Field, title: str) -> int | float:
    found = amount(word)
    if found is None:
        raise NotUsable(_("“%(title)s”: write a number.") % {"title": title})
    if field.kind == "money":
        return int(found * 100)
    return int(found) if found == int(found) else float(found)


def _whole(text: str, title: str) -> int:
    try:
        return int(text)
    except ValueError as problem:
        said = _("“%(title)s”: write a whole number, or a date like 31.12.2026.")
        raise NotUsable(said % {"title": title}) from problem


Grouped = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _fields(definition: Definition, language: str, skip: str) -> Grouped:
    return tuple(
        (in_words(step.title, language),
         tuple((one.id, in_words(one.title, language)) for one in step.fields
               if one.kind != "note" and one.id != skip))
        for step in definition.steps
    )  # fmt: skip


def _picks(definition: Definition, language: str, skip: str) -> Grouped:
    found = []
    for field in definition.fields().values():
        options = [(one.value, in_words(one.title, language)) for one in field.options]
        if field.kind == "boolean":
            options = [("yes", _("yes")), ("no", _("no"))]
        if options and field.id != skip:
            rows = tuple((f"{field.id}:{value}", title) for value, title in options)
            found.append((in_words(field.title, language), rows))
    return tuple(found)
