"""The answers as people read them: before sending, at the desk, on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.parts import Definition, Field, Step
from stadtkern.kernel.cases.forms.sight import Answers, Sight
from stadtkern.kernel.cases.forms.values.texts import in_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer in words: the id of the field, its title, what was said."""

    field: str
    title: str
    text: str
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The answers of a step, or of one of its repetitions (counted from 0)."""

    step: str
    row: int | None
    title: str
    lines: tuple[Said, ...]


def summary(
    definition: Definition,
    answers: Answers,
    *,
    language: str,
    documents: Mapping[str, str] | None = None,
) -> list[Part]:
    """What was answered, part by part; only what is shown and not empty.

    `documents` are names of files by public id; without them files are counted.
    """
    sight = Sight(definition, answers)
    parts = [_part(sight, step, row, language, documents or {})
             for step in sight.steps() for row in sight.places(step)]  # fmt: skip
    return [one for one in parts if one.lines]


def _part(
    sight: Sight, step: Step, row: int | None, language: str, documents: Mapping[str, str]
) -> Part:
    pairs = [(one, sight.value(step, one, row)) for one in sight.fields(step, row)]
    lines = tuple(
        Said(field=one.id, title=in_words(one.title, language), sensitive=one.sensitive,
             text=said(one, value, language, documents))
        for one, value in pairs if one.kind != "note" and not is_empty(value)
    )  # fmt: skip
    return Part(step=step.id, row=row, title=title(step, row, language), lines=lines)


def title(step: Step, row: int | None, language: str) -> str:
    """What a step is called; of a repetition: `Person 2`."""
    if row is None:
        return in_words(step.title, language)
    return f"{in_words(step.each, language) or in_words(step.title, language)} {row + 1}"


def said(field: Field, value: Any, language: str, documents: Mapping[str, str]) -> str:
    """One answer in words."""
    if field.kind == "file" and isinstance(value, list) and documents:
        return ", ".join(documents.get(str(one), "?") for one in value)
    return values.say(field, value, language)
