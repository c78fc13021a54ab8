"""Changes to a definition, one at a time; each gives a new one, checked as a whole."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.conditions import named
from stadtkern.kernel.cases.forms.parts import Check, Condition, Definition, Field, Step, Test

Row = TypeVar("Row")
UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class InUse(Exception):
    """A part that others refer to cannot go; the text names them."""


def new_id(definition: Definition, title: str) -> str:
    """A free id made of a title: `Ihre Anschrift` becomes `ihre_anschrift`."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(UMLAUTS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    stem = "_".join(words)[:60] or "feld"
    stem = stem if stem[0].isalpha() else f"f_{stem}"
    taken = {one.id for one in definition.steps} | set(definition.fields())
    names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + 3))
    return next(one for one in names if one not in taken)


def step_of(definition: Definition, step_id: str) -> Step:
    """A step by its id. Raises KeyError."""
    found = next((one for one in definition.steps if one.id == step_id), None)
    if found is None:
        raise KeyError(step_id)
    return found


def home_of(definition: Definition, field_id: str) -> Step:
    """The step in which a field is. Raises KeyError."""
    for step in definition.steps:
        if any(one.id == field_id for one in step.fields):
            return step
    raise KeyError(field_id)


def add_step(definition: Definition, step: Step) -> Definition:
    """A new step at the end."""
    return replace(definition, steps=(*definition.steps, step))


def change_step(definition: Definition, step_id: str, **changes: Any) -> Definition:
    """A step with other attributes."""
    rows = (replace(one, **changes) if one.id == step_id else one for one in definition.steps)
    return replace(definition, steps=tuple(rows))


def move_step(definition: Definition, step_id: str, by: int) -> Definition:
    """A step further up (-1) or down (1)."""
    at = [one.id for one in definition.steps].index(step_id)
    return replace(definition, steps=_moved(definition.steps, at, by))


def remove_step(definition: Definition, step_id: str) -> Definition:
    """Without a step and its fields. Raises InUse where others refer to one of them."""
    gone = step_of(definition, step_id)
    rest = replace(definition, steps=tuple(s for s in definition.steps if s.id != step_id))
    _refuse_in_use(rest, {one.id for one in gone.fields})
    return rest


def copy_step(definition: Definition, step_id: str) -> Definition:
    """A step once more behind itself, with new ids; what it asks of its own fields comes along."""
    step = step_of(definition, step_id)
    fresh: dict[str, str] = {}
    grown = definition
    for name in (step.id, *(one.id for one in step.fields)):
        fresh[name] = new_id(grown, name)
        grown = add_step(grown, Step(id=fresh[name], title={"de": "-"}))
    fields = tuple(replace(f, id=fresh[f.id], show=_renamed(f.show, fresh)) for f in step.fields)
    checks = tuple(Check(wrong=_renamed(c.wrong, fresh), field=fresh[c.field], text=c.text)
                   for c in step.checks)  # fmt: skip
    twin = replace(step, id=fresh[step.id], fields=fields, checks=checks)
    at = [one.id for one in definition.steps].index(step_id) + 1
    return replace(definition, steps=(*definition.steps[:at], twin, *definition.steps[at:]))


def add_field(definition: Definition, step_id: str, field: Field) -> Definition:
    """A new field at the end of a step."""
    step = step_of(definition, step_id)
    return change_step(definition, step_id, fields=(*step.fields, field))


def change_field(definition: Definition, field: Field) -> Definition:
    """The field with this id as it is now."""
    step = home_of(definition, field.id)
    rows = tuple(field if one.id == field.id else one for one in step.fields)
    return change_step(definition, step.id, fields=rows)


def move_field(definition: Definition, field_id: str, by: int) -> Definition:
    """A field further up or down; over the edge of its step it goes to the next one."""
    step = home_of(definition, field_id)
    at = [one.id for one in step.fields].index(field_id)
    if 0 <= at + by < len(step.fields):
        return change_step(definition, step.id, fields=_moved(step.fields, at, by))
    steps = list(definition.steps)
    beside = steps.index(step) + by
    if not 0 <= beside < len(steps):
        return definition
    field, rest = step.fields[at], tuple(one for one in step.fields if one.id != field_id)
    if any(one.field == field_id for one in step.checks):
        raise InUse(_("A check of this step speaks at this question. Remove it first."))
    other = steps[beside]
    rows = (*other.fields, field) if by < 0 else (field, *other.fields)
    moved = change_step(definition, step.id, fields=rest)
    return change_step(moved, other.id, fields=rows)


def remove_field(definition: Definition, field_id: str) -> Definition:
    """Without a field. Raises InUse where others refer to it."""
    step = home_of(definition, field_id)
    rest = change_step(
        definition, step.id, fields=tuple(one for one in step.fields if one.id != field_id)
    )
    _refuse_in_use(rest, {field_id})
    return rest


def copy_field(definition: Definition, field_id: str) -> Definition:
    """A field once more, behind itself."""
    step = home_of(definition, field_id)
    at = [one.id for one in step.fields].index(field_id)
    twin = replace(step.fields[at], id=new_id(definition, field_id))
    rows = (*step.fields[: at + 1], twin, *step.fields[at + 1 :])
    return change_step(definition, step.id, fields=rows)


def untranslated(definition: Definition, language: str = "en") -> list[tuple[str, str]]:
    """Texts that are there in German only: the id of their step or field, and the text."""
    return [(where, words["de"]) for where, words in _words(definition)
            if words.get("de") and not words.get(language)]  # fmt: skip


def _words(definition: Definition) -> Iterator[tuple[str, Any]]:
    whole = (definition.title, definition.intro, definition.declaration)
    yield from (("", one) for one in (*whole, *definition.texts.values()))
    yield from (("", fee.text) for fee in definition.fees)
    for step in definition.steps:
        yield from ((step.id, one) for one in (step.title, step.about, step.each))
        yield from ((step.id, one.text) for one in step.checks)
        for field in step.fields:
            yield from ((field.id, one) for one in (field.title, field.about, field.pattern_words))
            yield from ((field.id, one.title) for one in field.options)


def _moved(rows: Sequence[Row], at: int, by: int) -> tuple[Row, ...]:
    to = min(max(at + by, 0), len(rows) - 1)
    left = [*rows[:at], *rows[at + 1 :]]
    return (*left[:to], rows[at], *left[to:])


def _renamed(condition: Condition, fresh: dict[str, str]) -> Condition:
    def one(part: Test | Condition) -> Test | Condition:
        if isinstance(part, Condition):
            return _renamed(part, fresh)
        return replace(part, field=fresh.get(part.field, part.field))

    return Condition(all=tuple(map(one, condition.all)), any=tuple(map(one, condition.any)))


def _refuse_in_use(rest: Definition, gone: set[str]) -> None:
    users = sorted(set(_users(rest, gone)))
    if users:
        said = _("This is still needed by: %(users)s. Change that first.")
        raise InUse(said % {"users": ", ".join(users)})


def _users(rest: Definition, gone: set[str]) -> Iterator[str]:
    for step in rest.steps:
        if named(step.show) & gone:
            yield step.title["de"]
        for check in step.checks:
            if named(check.wrong) & gone or check.field in gone:
                yield _("a check in “%(title)s”") % {"title": step.title["de"]}
        yield from (field.title["de"] for field in step.fields if named(field.show) & gone)
    for fee in rest.fees:
        if fee.per in gone or named(fee.when) & gone:
            yield fee.text["de"]
    for grant in rest.grants:
        if {grant.subject, grant.begins, *grant.data} & gone:
            yield _("the permit “%(kind)s”") % {"kind": grant.kind}
    if {*rest.name, rest.email, rest.phone, rest.co_sign, rest.co_sign_name} & gone:
        yield _("the settings (who applies)")
