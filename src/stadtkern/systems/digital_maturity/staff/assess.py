"""Assessing one service: the questionnaire with what the probes propose."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_maturity import assessing, facts, proposing, scoring
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.assessing import Fault, Said
from stadtkern.systems.digital_maturity.definition import Criterion, Definition, Question
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel
from stadtkern.systems.digital_maturity.staff.answer import page, person

GATEWAY = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One question of the form with its answer and what is wrong with it."""

    question: Question
    entry: dict[str, Any]
    fault: str

    @property
    def contradicts(self) -> bool:
        """Whether the answer is another than the probe's."""
        return assessing.contradicts(self.entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One criterion of the form."""

    criterion: Criterion
    state: str
    level: int | None
    reason: str
    fault: str
    asked: tuple[Asked, ...]


@staff("digital_maturity.see")
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: HttpRequest, slug: str, scale: str = "") -> HttpResponse:
    """What is known of a service, its draft, and all that can be done with it."""
    service = get_object_or_404(Service.objects.select_related("department"), slug=slug)
    model = assessing.current_model(scale)
    if model is None or not documents.read(model.definition).usable:
        raise Http404
    if request.method != "POST":
        return _page(request, service, model)
    if not person(request).may("digital_maturity.assess"):
        raise PermissionDenied
    return _act(request, service, model)


def _act(request: HttpRequest, service: Service, model: MaturityModel) -> HttpResponse:
    deed, who = request.POST.get("do", ""), person(request)
    if deed == "begin":
        assessing.begin(service, model, who)
        return _back(service, model)
    draft = Assessment.objects.filter(service=service, scale=model.slug, state="draft").first()
    if draft is None:
        messages.error(request, _("This draft is gone. Begin a new assessment."))
        return _back(service, model)
    if deed == "discard":
        assessing.discard(draft.pk, actor=who)
        messages.success(request, _("The draft is gone. What was complete stays."))
        return _back(service, model)
    return _saved(request, draft, service, model, finish=deed == "complete")


def _saved(
    request: HttpRequest, draft: Assessment, service: Service, model: MaturityModel, *, finish: bool
) -> HttpResponse:
    definition = documents.read(draft.model.definition)
    said, wrong = read(request.POST, definition)
    base = request.POST.get("base", "")
    revision = int(base) if base.isascii() and base.isdecimal() and len(base) < 10 else -1
    try:
        draft = assessing.answer(draft.pk, said, revision=revision, actor=person(request))
        if finish and not wrong:
            assessing.complete(draft.pk, revision=draft.revision, actor=person(request))
            messages.success(request, _("The assessment is complete."))
            return _back(service, model)
    except assessing.NotReady as problem:
        return _page(request, service, model, problem.faults, status=422)
    except assessing.Overtaken as overtaken:
        messages.error(request, str(overtaken))
        return _back(service, model)
    if wrong:
        return _page(request, service, model, wrong, status=422)
    messages.success(request, _("Saved. Not complete yet."))
    return _back(service, model)


def read(form: QueryDict, definition: Definition) -> tuple[Said, tuple[Fault, ...]]:
    """What a browser sends: `q-<question>`, `note-`, `url-`, `reason-<criterion>`, `gateway`."""
    names = definition.questions()
    urls = {name: form.get(f"url-{name}", "").strip() for name in names}
    wrong = tuple(Fault(at=name, text=_("Evidence is a web address that begins with https://."))
                  for name, url in urls.items() if not _fits(url))  # fmt: skip
    said = Said(
        values={name: form.get(f"q-{name}", "") for name in names},
        notes={name: form.get(f"note-{name}", "").strip() for name in names},
        urls={name: url for name, url in urls.items() if _fits(url)},
        reasons={str(one.number): text for one in definition.criteria
                 if (text := form.get(f"reason-{one.number}", "").strip()[:1000])},
        gateway=GATEWAY.get(form.get("gateway", "")),
    )  # fmt: skip
    return said, wrong


def _fits(url: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return not url
    return True


def _back(service: Service, model: MaturityModel) -> HttpResponse:
    if model.current:
        return redirect("digital_maturity-staff:assess", service.slug)
    return redirect("digital_maturity-staff:assess-scale", service.slug, model.slug)


def _page(
    request: HttpRequest, service: Service, model: MaturityModel,
    wrong: tuple[Fault, ...] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = list(Assessment.objects.filter(service=service, scale=model.slug).select_related(
        "model", "assessor"))  # fmt: skip
    draft = next((one for one in rows if one.state == "draft"), None)
    now = next((one for one in rows if one.state == "complete"), None)
    shown = draft or now
    definition = documents.read(shown.model.definition if shown else model.definition)
    faults = {one.at: one.text for one in wrong}
    return page(
        request, "assess", service=service, model=model, definition=definition, draft=draft,
        now=now, rows=[one for one in rows if one.state != "draft"], wrong=wrong,
        stands=assessing.outcome(draft, definition) if draft else None,
        sheets=sheets(draft, definition, faults) if draft else [], status=status,
        changed=_changed(now, service), scales=_scales(model),
        gateways=[("", _("nobody has said")), ("yes", _("yes")), ("no", _("no"))],
        gateway={None: "", True: "yes", False: "no"}[draft.gateway] if draft else "",
        here=reverse("digital_maturity-staff:assess-scale", args=[service.slug, model.slug]),
    )  # fmt: skip


def _scales(model: MaturityModel) -> list[tuple[MaturityModel, Definition]]:
    """One model of each other scale that services can be measured by."""
    found = {}
    for one in MaturityModel.objects.published().order_by("slug", "current", "valid_from"):
        told = documents.read(one.definition)
        if told.usable:
            found[one.slug] = (one, told)
    return [pair for pair in found.values() if pair[0].slug != model.slug or not model.current]


def _changed(now: Assessment | None, service: Service) -> list[str]:
    """What of the configuration is not as it was when it was measured."""
    if now is None:
        return []
    return facts.changed(now.facts, facts.of(service).written())


def sheets(draft: Assessment, definition: Definition, faults: dict[str, str]) -> list[Sheet]:
    """The form, criterion by criterion; only what is asked after the answers so far."""
    answers = proposing.values(draft.answers)
    verdicts = {one.number: one for one in scoring.outcome(definition, answers).verdicts}
    return [
        Sheet(
            criterion=one, state=verdicts[one.number].state, level=verdicts[one.number].level,
            reason=draft.reasons.get(str(one.number), ""),
            fault=faults.get(f"criterion-{one.number}", ""),
            asked=tuple(Asked(question=q, entry=draft.answers.get(q.id, {}),
                              fault=faults.get(q.id, ""))
                        for q in scoring.shown(one, answers)),
        )
        for one in definition.criteria
    ]  # fmt: skip
