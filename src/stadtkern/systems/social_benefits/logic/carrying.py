"""Which answers fit into another form: what has the same name there and is right there."""

from collections.abc import Mapping
from typing import Any

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.definition import Definition, Field, Step


def fitting(answers: Mapping[str, Any], target: Definition) -> dict[str, Any]:
    """The answers that `target` asks for as well. Files stay where they are.

    Forms of this system share their steps, so the same name means the same question.
    """
    found: dict[str, Any] = {}
    for step in target.steps:
        if not step.repeated:
            found |= _of(step, answers)
        elif rows := [_of(step, row) for row in _rows(answers, step)]:
            found[step.id] = [row for row in rows if row]
    return found


def _of(step: Step, said: Mapping[str, Any]) -> dict[str, Any]:
    return {one.id: said[one.id] for one in step.fields if one.id in said and _fits(one, said)}


def _rows(answers: Mapping[str, Any], step: Step) -> list[Mapping[str, Any]]:
    rows = answers.get(step.id)
    listed = rows if isinstance(rows, list) else []
    return [one for one in listed[: step.most] if isinstance(one, Mapping)]


def _fits(field: Field, said: Mapping[str, Any]) -> bool:
    value = said[field.id]
    if field.kind in ("file", "note") or is_empty(value):
        return False
    known = {one.value for one in field.options}
    picked = value if isinstance(value, list) else [value]
    if known and not all(one in known for one in picked):
        return False
    return not values.problem(field, value)
