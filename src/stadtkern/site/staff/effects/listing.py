"""The measures as staff see them: how far each is, what was found, and whether it is public."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.effects.models import KINDS, Analysis, Intervention
from stadtkern.kernel.effects.window import today
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Measure"), sort=("title",)),
    Column(title=_("Kind"), sort=("kind",)),
    Column(title=_("First day"), sort=("begins",)),
    Column(title=_("Stage")),
    Column(title=_("Last result"), sort=("verdict",)),
    Column(title=_("Public"), sort=("published",)),
)
SIGNS = {"effect": "good", "none": "info", "unclear": "none"}


class MeasureFilters(Filters):
    """By words, kind, and what was found."""

    q = forms.CharField(label=_("Title or text"), widget=forms.TextInput({"type": "search"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(KINDS))
    verdict = forms.ChoiceField(label=_("Last result"), choices=any_of(Analysis.VERDICTS))
    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=any_of([("planned", _("planned")), ("running", _("in force")),
                        ("ended", _("ended"))]),
    )  # fmt: skip

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(title__icontains=q) | Q(about__icontains=q))
        if kind := self.given("kind"):
            rows = rows.filter(kind=kind)
        if verdict := self.given("verdict"):
            rows = rows.filter(verdict=verdict)
        return rows.filter(_in_stage(self.given("stage")))


def _in_stage(stage: str | None) -> Q:
    day = today()
    over = Q(ends__isnull=False, ends__lt=day)
    if stage == "ended":
        return over
    if stage == "running":
        return Q(begins__lte=day) & ~over
    return Q(begins__gte=day + timedelta(days=1)) if stage == "planned" else Q()


@staff("effects.see")
@require_safe
def effects(request: HttpRequest) -> HttpResponse:
    """All measures."""
    filters = MeasureFilters(request)
    last = Analysis.objects.filter(
        intervention=OuterRef("pk"), purpose=Analysis.EFFECT, state="done"
    ).order_by("-id")
    rows = filters.apply(
        Intervention.objects.annotate(verdict=Subquery(last.values("verdict")[:1]))
    )
    if request.GET.get("format") == "csv":
        return _csv(rows)
    return page(
        request,
        "effects/list",
        listed=listed(request, rows, COLUMNS, default="-begins"),
        filters=filters,
        csv=True,
        verdicts={slug: str(title) for slug, title in Analysis.VERDICTS},
        signs=SIGNS,
        may_edit=person(request).may("effects.edit"),
    )


def _csv(rows: QuerySet[Any]) -> HttpResponse:
    titles = dict(Analysis.VERDICTS)
    return csv_file(
        "measures",
        [column.title for column in COLUMNS],
        (
            (one.title, one.get_kind_display(), one.begins, one.stage_title,
             str(titles.get(one.verdict, "")), one.published)
            for one in rows[:LONGEST]
        ),
    )  # fmt: skip
