"""What a helper fills in: one step of a case, saved with the names of the fields that changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language

from stadtkern.kernel.cases.forms import draw, run
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.forms.sight import rows_of
from stadtkern.kernel.cases.forms.values import Said
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.journey.prefill import locked_fields
from stadtkern.kernel.cases.journey.save import save
from stadtkern.kernel.cases.models import Case
from stadtkern.systems.digital_forum.logic import assist
from stadtkern.systems.digital_forum.models import AssistSession


@dataclass(frozen=True, kw_only=True, slots=True)
class StepState:
    """A step in the helper's overview: how many things are missing, how often it is repeated."""

    step: Step
    missing: int
    rows: int


def overview(case: Case, language: str) -> list[StepState]:
    """The steps that these answers lead through."""
    definition = definition_of(case)
    answers = case.answers
    wrong = run.faults(definition, answers, language=language)
    return [
        StepState(step=one, missing=sum(each.step == one.id for each in wrong),
                  rows=len(rows_of(answers, one)))
        for one in run.shown(definition, answers)
    ]  # fmt: skip


def step_of(case: Case, name: str) -> Step | None:
    """A step that is asked with these answers, by its id."""
    found = run.shown(definition_of(case), case.answers)
    return next((one for one in found if one.id == name), None)


def page(
    case: Case, step: Step, *, language: str, row: int | None = None, said: Said | None = None,
    taken: run.Taken | None = None,
) -> draw.Page:  # fmt: skip
    """The page of a step as the helper sees it: without files, which the citizen adds."""
    definition, answers = definition_of(case), case.answers
    if taken is not None:
        answers = _put(answers, step, row, taken.values)
    marks = draw.Marks(origins=case.prefilled, locked=locked_fields(case.prefilled),
                       helped=case.helped)  # fmt: skip
    drawn = draw.page(
        definition, step, answers, language=language, row=row, said=said, marks=marks,
        faults=taken.faults if taken else {}, more=taken.more if taken else (),
    )  # fmt: skip
    return replace(drawn, fields=tuple(one for one in drawn.fields if one.shape != "file"))


def fill(
    session: AssistSession, step: Step, said: Said, *, row: int | None, revision: int,
    language: str,
) -> run.Taken:  # fmt: skip
    """Save what was typed, also where something is still missing. Raises Overtaken, NotOpen.

    Files and what an eID proved stay as they are.
    """
    case = session.case
    answers = case.answers
    before = _row(answers, step, row)
    taken = run.take(definition_of(case), step, said, answers, language=language, row=row,
                     locked=locked_fields(case.prefilled))  # fmt: skip
    changed = [name for name, value in taken.values.items() if value != before.get(name)]
    if changed:
        values = _values(answers, step, row, {**before, **taken.values})
        session.case = save(case.pk, step.id, values, revision=revision, actor=session.helper,
                            helped=changed)  # fmt: skip
        assist.note(session, "filled", step=step.id, fields=changed)
    return taken


def remove_row(session: AssistSession, step: Step, row: int, *, revision: int) -> None:
    """Take one repetition out. Raises Overtaken, NotOpen."""
    case = session.case
    rows = rows_of(case.answers, step)
    if not 0 <= row < len(rows):
        return
    left = [one for at, one in enumerate(rows) if at != row]
    session.case = save(case.pk, step.id, {step.id: left}, revision=revision,
                        actor=session.helper, helped=[step.id])  # fmt: skip
    assist.note(session, "filled", step=step.id, fields=[step.id])


def helped_titles(case: Case) -> list[tuple[str, str]]:
    """Title of the step and of the field of everything that a helper filled in."""
    return titles(definition_of(case), case.helped)


def titles(definition: Definition, names: Collection[str]) -> list[tuple[str, str]]:
    """Titles of step and field for these ids, in the order of the form."""
    language = get_language() or "de"

    def said(words: Mapping[str, str]) -> str:
        return words.get(language) or words["de"]

    found = []
    for step in definition.steps:
        if step.id in names:
            found.append((said(step.title), ""))
        found += [(said(step.title), said(one.title)) for one in step.fields if one.id in names]
    return found


def _row(answers: Mapping[str, Any], step: Step, row: int | None) -> Mapping[str, Any]:
    if row is None:
        own = {one.id for one in step.fields}
        return {name: value for name, value in answers.items() if name in own}
    rows = rows_of(answers, step)
    return rows[row] if row < len(rows) else {}


def _put(
    answers: Mapping[str, Any], step: Step, row: int | None, values: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    known = {**_row(answers, step, row), **values}
    return {**answers, **_values(answers, step, row, known)}


def _values(
    answers: Mapping[str, Any], step: Step, row: int | None, known: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """As `save` takes them: the fields, or for a repeated step all of its rows."""
    if row is None:
        return dict(known)
    rows: list[Mapping[str, Any]] = list(rows_of(answers, step))
    rows += [{} for _more in range(row + 1 - len(rows))]
    rows[row] = {name: value for name, value in known.items() if value not in (None, "")}
    return {step.id: rows}
