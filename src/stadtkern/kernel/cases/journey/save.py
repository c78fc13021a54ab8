"""Saves one step of a draft, so that two devices never overwrite each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.journey import prefill, typed
from stadtkern.kernel.cases.journey.begin import KEPT
from stadtkern.kernel.cases.journey.errors import NotOpen, Overtaken
from stadtkern.kernel.cases.journey.hold import contact_of, definition_of, held
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.people.models import Account


def save(
    case_id: int, step: str, values: Mapping[str, Any], *, revision: int,
    actor: Account | None, helped: Sequence[str] = (), level: int = 0,
) -> Case:  # fmt: skip
    """Keep what was said in one step; returns the case with its new revision.

    `values` are answers by field (None: emptied), for a repeated step `{step id: [rows]}`; a field
    that is missing in them keeps its answer. `revision` is that of the page they were typed into.
    `helped` are fields that somebody else than the applicant filled in, who then is `actor`.
    Raises Overtaken where this step was saved after that, NotOpen where it was sent already.
    """
    with transaction.atomic():
        case = held(case_id)
        if case.state != "draft":
            raise NotOpen(_("This was sent already and cannot be changed here any more."))
        draft, _new = Draft.objects.get_or_create(case=case)
        definition = definition_of(case)
        asked = next((one for one in definition.steps if one.id == step), None)
        if asked is None:
            raise NotOpen(_("This form has no such step. Go on from the overview."))
        said = with_step(case.answers, asked, _own(case, asked, values))
        if case.answers == said:
            return _seen(case, draft, step, level)
        if draft.steps.get(step, {}).get("revision", 0) > revision:
            raise Overtaken(case)
        before, case.answers = case.answers, said
        _write(case, draft, definition, step, helped, level, before)
        if helped and actor is not None:
            record(actor, "case.helped", case, step=step, fields=sorted(helped))
    return case


def take_over_proven(case_id: int) -> list[str]:
    """What an eID proved since it was begun goes over what was typed; the fields that changed.

    Who acts for somebody else keeps what was typed: it says who that is.
    """
    with transaction.atomic():
        case = held(case_id)
        if case.state != "draft" or case.account is None or case.acting:
            return []
        known = prefill.of_account(definition_of(case), case.account)
        proven = {name: known.answers[name] for name in prefill.locked_fields(known.origins)
                  if case.prefilled.get(name) != prefill.LOCKED}  # fmt: skip
        if not proven:
            return []
        before = case.answers
        case.answers = {**before, **proven}
        case.prefilled = {**case.prefilled, **dict.fromkeys(proven, prefill.LOCKED)}
        case.revision += 1
        case.save(update_fields=["answers_sealed", "prefilled", "revision"])
    return [name for name, value in proven.items() if before.get(name) != value]


def with_step(answers: Mapping[str, Any], step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """All answers with those of one step put in; what says nothing is left out."""
    own = {step.id} if step.repeated else {one.id for one in step.fields}
    whole = {**answers, **{name: value for name, value in values.items() if name in own}}
    return {name: value for name, value in whole.items() if value not in (None, "", [])}


def _own(case: Case, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what an eID has locked, and with files of this very case only."""
    locked = prefill.locked_fields(case.prefilled)
    said = {name: value for name, value in values.items() if name not in locked}
    files = {one.id for one in step.fields if one.kind == "file"}
    if not files:
        return said
    ours = {str(one) for one in case.documents.values_list("public_id", flat=True)}
    for row in _rows(step, said):
        for name in files & set(row):
            row[name] = [str(one) for one in row[name] or [] if str(one) in ours]
    return said


def _rows(step: Step, said: dict[str, Any]) -> list[dict[str, Any]]:
    """Copies of the repetitions, or the answers themselves, to be changed."""
    if not step.repeated:
        return [said]
    if isinstance(said.get(step.id), list):
        said[step.id] = [dict(one) for one in said[step.id]]
    return said.get(step.id) or []


def _write(
    case: Case, draft: Draft, definition: Definition, step: str, helped: Sequence[str],
    level: int, before: Mapping[str, Any],
) -> None:  # fmt: skip
    """What was filled in for somebody and is changed by them is their own then."""
    now = clock.now()
    case.revision += 1
    case.prefilled = {name: origin for name, origin in case.prefilled.items()
                      if before.get(name) == case.answers.get(name)}  # fmt: skip
    case.changed, case.step, case.level = now, step, max(case.level, level)
    case.expires = max(now + KEPT, case.expires or now)
    case.helped = sorted({*case.helped, *helped})
    for name, text in contact_of(definition, case.answers).items():
        setattr(case, name, text)
    case.save()
    draft.steps = {**draft.steps, step: {"revision": case.revision, "at": now.isoformat()}}
    draft.reminded = None
    typed.drop(draft, step)
    draft.save()


def _seen(case: Case, draft: Draft, step: str, level: int) -> Case:
    """The same once more, as after a double click; it counts as saved, and nothing else changes."""
    case.level = max(case.level, level)
    case.step = step
    case.save(update_fields=["level", "step"])
    said = {"revision": case.revision, "at": clock.now().isoformat()}
    draft.steps = {step: said, **draft.steps}
    typed.drop(draft, step)
    draft.save(update_fields=["steps", "typed_sealed"])
    return case
