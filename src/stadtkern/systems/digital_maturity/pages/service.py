"""One service: its level, what each criterion says and why, and how it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_maturity import assessing, proposing, scoring
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.definition import Criterion, Definition, Option, Question
from stadtkern.systems.digital_maturity.models import Assessment

BEFORE = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One answer with what it rests on."""

    question: Question
    option: Option | None
    entry: Mapping[str, Any]

    @property
    def contradicts(self) -> bool:
        """Whether a person said something else than the probe."""
        return assessing.contradicts(self.entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One criterion of an assessment."""

    criterion: Criterion
    level: int | None
    needed: bool
    reason: str
    blocking: bool
    told: tuple[Told, ...]


@public
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """What is known of it; also a service that nobody has measured has its page."""
    model = assessing.current_model()
    found = get_object_or_404(Service.objects.select_related("department"), slug=slug, active=True)
    rows: list[Assessment] = []
    if model is not None:
        rows = list(Assessment.objects.filter(
            service=found, scale=model.slug, completed__isnull=False
        ).select_related("model").order_by("-completed")[:BEFORE])  # fmt: skip
    now = next((one for one in rows if one.state == "complete"), None)
    definition = documents.read((now or rows[0]).model.definition) if rows else (
        documents.read(model.definition) if model else None)  # fmt: skip
    english = get_language() == "en"
    return render(request, "digital_maturity/service.html", {
        "service": found, "title": (found.title_en if english else "") or found.title,
        "now": now, "definition": definition, "before": [one for one in rows if one is not now],
        "parts": parts(now, definition) if now and definition else [],
    })  # fmt: skip


def parts(one: Assessment, definition: Definition) -> list[Part]:
    """The criteria of a complete assessment, in order."""
    scores = {int(no): level for no, level in one.scores.items()}
    low = scoring.blocking(scores) if one.level != definition.top else ()
    answers = proposing.values(one.answers)
    return [
        Part(criterion=c, level=scores.get(c.number), needed=scores.get(c.number) is not None,
             reason=one.reasons.get(str(c.number), ""), blocking=c.number in low,
             told=tuple(_told(q, one.answers.get(q.id, {})) for q in scoring.shown(c, answers)
                        if q.id in answers))
        for c in definition.criteria
    ]  # fmt: skip


def _told(question: Question, entry: Mapping[str, Any]) -> Told:
    options = {option.value: option for option in question.options}
    return Told(question=question, option=options.get(entry.get("value", "")), entry=entry)
