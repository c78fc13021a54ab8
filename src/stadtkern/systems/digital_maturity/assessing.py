"""Assessments from the first proposal to the level: begun, answered, completed, looked at again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import facts as looking
from stadtkern.systems.digital_maturity import proposing, scoring
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.facts import Facts
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel

Actor = Account | str
BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What keeps an assessment from being completed; `at` is a question or `criterion-<number>`."""

    at: str
    text: str


class NotReady(Exception):
    """It cannot be completed yet."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(one.text for one in faults))
        self.faults = tuple(faults)


class Overtaken(Exception):
    """Somebody else has changed the assessment since this person read it."""

    def __str__(self) -> str:
        return _("Somebody else has changed this assessment meanwhile. Look at it anew.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a person has filled in: by question, and reasons by criterion."""

    values: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    gateway: bool | None = None


def current_model(scale: str = "") -> MaturityModel | None:
    """The model that the city measures by; with `scale` the published one of that scale."""
    rows = MaturityModel.objects.published()
    rows = rows.filter(slug=scale) if scale else rows.filter(current=True)
    return rows.order_by("-current", "-valid_from", "-revision").first()


def begin(service: Service, model: MaturityModel, actor: Actor) -> Assessment:
    """The draft of this service: the one that is there, or a new one with proposals."""
    draft = Assessment.objects.filter(service=service, scale=model.slug, state="draft").first()
    if draft is None:
        begin_all([service], model, actor)
        draft = Assessment.objects.get(service=service, scale=model.slug, state="draft")
    return draft


@transaction.atomic
def begin_all(services: Sequence[Service], model: MaturityModel, actor: Actor) -> int:
    """Drafts for these services where there is none; how many were asked for."""
    definition, seen = documents.read(model.definition), looking.gather(services)
    before = {one.service_id: one for one in Assessment.objects.complete().filter(
        service__in=[s.pk for s in services], scale=model.slug)}  # fmt: skip
    Assessment.objects.bulk_create(
        [_draft(one, model, definition, seen[one.pk], before.get(one.pk)) for one in services],
        ignore_conflicts=True, batch_size=BATCH,
    )  # fmt: skip
    if len(services) == 1:
        record(actor, "digital_maturity.begin", services[0], model=str(model))
    elif services:
        record(actor, "digital_maturity.begin_all", model, services=len(services))
    return len(services)


def waiting(model: MaturityModel) -> list[Service]:
    """Active services without a draft whose level is missing or has to be looked at again."""
    rows = Assessment.objects.filter(service=OuterRef("pk"), scale=model.slug)
    fresh = rows.filter(state="complete", stale_since=None, model=model)
    return list(
        Service.objects.filter(active=True)
        .exclude(Exists(rows.filter(state="draft")))
        .exclude(Exists(fresh))
    )


def _draft(
    service: Service, model: MaturityModel, definition: Definition, facts: Facts,
    before: Assessment | None,
) -> Assessment:  # fmt: skip
    known = proposing.handed_on(before.answers) if before else None
    draft = Assessment(service=service, model=model, scale=model.slug,
                       gateway=before.gateway if before else None)  # fmt: skip
    draft.reasons = dict(before.reasons) if before else {}
    refresh(draft, definition, facts, known)
    return draft


def refresh(draft: Assessment, definition: Definition, facts: Facts,
          known: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    """Bring the proposals of a draft up to date."""
    draft.answers = proposing.propose(definition, facts, draft.answers if known is None else known)
    # The city's records are in German, whoever reads them.
    with override("de"):
        draft.reasons = proposing.reasons(definition, draft.answers, draft.reasons)
    draft.facts = facts.written()


def outcome(assessment: Assessment, definition: Definition) -> scoring.Outcome:
    """How an assessment stands after its answers."""
    return scoring.outcome(definition, proposing.values(assessment.answers))


def faults(draft: Assessment, definition: Definition) -> list[Fault]:
    """What is missing before it can be completed, in the order of the questions."""
    answers = proposing.values(draft.answers)
    found: list[Fault] = []
    for one in definition.criteria:
        for question in scoring.shown(one, answers):
            text = _fault(draft.answers.get(question.id, {}))
            if text:
                found.append(Fault(at=question.id, text=f"{documents.say(question.text)} {text}"))
        stands = scoring.verdict(definition, one, answers).state
        if stands == "unneeded" and not draft.reasons.get(str(one.number)):
            text = _("%(title)s: say why this criterion is not needed.")
            found.append(Fault(at=f"criterion-{one.number}",
                               text=text % {"title": documents.say(one.title)}))  # fmt: skip
    if not found and scoring.outcome(definition, answers).level is None:
        found.append(Fault(at="criterion-1", text=_("No criterion applies to this service.")))
    return found


def _fault(entry: Mapping[str, Any]) -> str:
    if not entry.get("value"):
        return _("Choose an answer.")
    if contradicts(entry) and not entry.get("note"):
        return _("The probe saw something else: say why you answer differently.")
    return "" if entry.get("confirmed") else _("Confirm this answer.")


def contradicts(entry: Mapping[str, Any]) -> bool:
    """Whether a person says something else than the probe."""
    return bool(entry.get("proposed") and entry.get("value") != entry["proposed"])


def _locked(number: int, revision: int) -> tuple[Assessment, Definition]:
    draft = (
        Assessment.objects.select_for_update(of=("self",)).select_related("model").get(pk=number)
    )
    if draft.state != "draft" or draft.revision != revision:
        raise Overtaken
    return draft, documents.read(draft.model.definition)


@transaction.atomic
def answer(number: int, said: Said, *, revision: int, actor: Actor) -> Assessment:
    """Keep what a person has filled in; every value given is confirmed by it. Raises Overtaken."""
    draft, definition = _locked(number, revision)
    entries = {name: dict(one) for name, one in draft.answers.items()}
    for name, question in definition.questions().items():
        value = said.values.get(name, "")
        if value in {option.value for option in question.options}:
            entries[name] = _answered(entries.get(name, {}), name, value, said)
    draft.answers, draft.gateway = entries, said.gateway
    draft.reasons = proposing.reasons(definition, entries, {**draft.reasons, **said.reasons})
    draft.revision += 1
    draft.changed = clock.now()
    draft.assessor = actor if isinstance(actor, Account) else None
    draft.save()
    record(actor, "digital_maturity.answer", draft, service=draft.service_id)
    return draft


def _answered(old: Mapping[str, Any], name: str, value: str, said: Said) -> dict[str, Any]:
    by = "probe" if value == old.get("proposed") else "person"
    note, url = said.notes.get(name, "")[:1000], said.urls.get(name, "")[:500]
    return {**old, "value": value, "by": by, "confirmed": True, "note": note, "url": url}


def complete(number: int, *, revision: int, actor: Actor, invented: bool = False) -> Assessment:
    """Make the draft the service's assessment. Raises NotReady, Overtaken.

    The probes look once more: where something has changed since, a person has to look too, so the
    fresh proposals are kept even though it is not completed.
    """
    with transaction.atomic():
        draft, definition = _locked(number, revision)
        refresh(draft, definition, looking.of(draft.service))
        wrong = faults(draft, definition)
        if wrong:
            draft.save(update_fields=["answers", "reasons", "facts"])
        else:
            _finish(draft, definition, actor, invented=invented)
    if wrong:
        raise NotReady(wrong)
    return draft


def _finish(draft: Assessment, definition: Definition, actor: Actor, *, invented: bool) -> None:
    now, stands = clock.now(), outcome(draft, definition)
    before = Assessment.objects.complete().filter(service=draft.service_id, scale=draft.scale)
    before.update(state="superseded", superseded=now)
    asked = {q.id for one in definition.criteria
             for q in scoring.shown(one, proposing.values(draft.answers))}  # fmt: skip
    draft.answers = {name: one for name, one in draft.answers.items() if name in asked}
    draft.state, draft.completed, draft.changed = "complete", now, now
    draft.level, draft.scores, draft.invented = stands.level, stands.scores, invented
    draft.assessor = actor if isinstance(actor, Account) else None
    draft.save()
    record(actor, "digital_maturity.complete", draft, service=draft.service_id, level=stands.level)


@transaction.atomic
def discard(number: int, *, actor: Actor) -> None:
    """Forget a draft; what is complete stays."""
    draft = Assessment.objects.select_for_update().filter(pk=number, state="draft").first()
    if draft is not None:
        record(actor, "digital_maturity.discard", draft, service=draft.service_id)
        draft.delete()


def confirm_all(drafts: Sequence[Assessment], *, actor: Actor) -> tuple[int, int]:
    """Confirm and complete drafts whose proposals answer everything; how many, and how many not."""
    done = 0
    for draft in drafts:
        definition = documents.read(draft.model.definition)
        if not seen_through(draft, definition):
            continue
        said = Said(values=proposing.values(draft.answers), gateway=draft.gateway,
                    notes=_kept(draft, "note"), urls=_kept(draft, "url"))  # fmt: skip
        try:
            with transaction.atomic():
                fresh = answer(draft.pk, said, revision=draft.revision, actor=actor)
                complete(fresh.pk, revision=fresh.revision, actor=actor)
        except (NotReady, Overtaken):
            continue
        done += 1
    return done, len(drafts) - done


def seen_through(draft: Assessment, definition: Definition) -> bool:
    """Whether probes answer every question that is asked, and nobody says anything else."""
    answers = proposing.values(draft.answers)
    asked = [draft.answers.get(q.id, {}) for one in definition.criteria
             for q in scoring.shown(one, answers)]  # fmt: skip
    return all(one.get("proposed") and not contradicts(one) for one in asked)


def _kept(draft: Assessment, name: str) -> dict[str, str]:
    return {key: str(one.get(name, "")) for key, one in draft.answers.items()}
