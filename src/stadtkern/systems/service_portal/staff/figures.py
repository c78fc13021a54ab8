"""Figures of the cases: how many, how fast, how digital, where people stop. Never by clerk."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import figures as sums
from stadtkern.kernel.cases.forms import definition as reading
from stadtkern.kernel.cases.forms.problem import FormProblem
from stadtkern.kernel.cases.models import Case, FormVersion
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Department
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.service_portal.staff.answer import SEE, page, person
from stadtkern.systems.service_portal.staff.desk import csv_answer

DAYS: Final = 90
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class Period(forms.Form):
    """From when until when, and of which office."""

    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DATE)
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DATE)
    office = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Office"), required=False,
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip

    def __init__(self, data: Any, clerk: Account, **more: Any) -> None:
        super().__init__(data, **more)
        where = clerk.departments_for(SEE)
        rows = Department.objects.all()
        self.fields["office"].queryset = (  # type: ignore[attr-defined]
            rows if where is None else rows.filter(pk__in=where)
        )


@staff(SEE)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All services first, then each; drop-offs of the forms below."""
    form, first, last, rows = _asked(request)
    begins, ends = _span(first, last)
    found = sums.figures(rows, begins, ends)
    drops = sums.drop_offs(rows, begins, ends)
    return page(request, "figures", form=form, total=found[0], services=found[1:],
                fewest=sums.FEWEST, drops=_named(drops),
                most=max((one.incoming for one in found[1:]), default=0))  # fmt: skip


@staff(SEE)
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same table as a file."""
    _form, first, last, rows = _asked(request)
    return csv_answer("figures", HEADS, _cells(sums.figures(rows, *_span(first, last))))


def _asked(request: HttpRequest) -> tuple[Period, date, date, QuerySet[Case]]:
    """The period that the address asks for, else the last weeks; and the cases to count."""
    clerk = person(request)
    form = Period(request.GET or None, clerk)
    said = form.cleaned_data if form.is_valid() else {}
    last = said.get("last") or timezone.localdate(clock.now())
    first = said.get("first") or last - timedelta(days=DAYS)
    if first > last:
        first, last = last, first
    where = clerk.departments_for(SEE)
    rows = Case.objects.all()
    rows = rows if where is None else rows.filter(department__in=where)
    office = said.get("office")
    rows = rows.filter(department=office) if office else rows
    shown = {"first": first, "last": last, "office": office.slug if office else ""}
    return Period(None, clerk, initial=shown), first, last, rows


def _span(first: date, last: date) -> tuple[Any, Any]:
    zone = city_zone()
    return sums.day_begins(first, zone), sums.day_begins(last + timedelta(days=1), zone)


def _named(drops: Sequence[sums.DropOff]) -> list[tuple[sums.DropOff, list[tuple[str, int]]]]:
    """Steps by their titles in the published version; a step that is gone by its id."""
    published = FormVersion.objects.filter(state="published").select_related("form")
    titles: dict[str, dict[str, str]] = {}
    for version in published.filter(form__title__in=[one.title for one in drops]):
        try:
            steps = reading.read(version.definition).steps
        except FormProblem:
            continue
        titles[version.form.title] = {one.id: one.title.get("de", one.id) for one in steps}
    return [(one, [(titles.get(one.title, {}).get(step, step), number)
                   for step, number in one.stopped]) for one in drops]  # fmt: skip


HEADS: Final = (
    gettext_lazy("City service"), gettext_lazy("Sent"), gettext_lazy("Decided"),
    gettext_lazy("Withdrawn"), gettext_lazy("Open"), gettext_lazy("Overdue"),
    gettext_lazy("Days to first look, median"), gettext_lazy("Days to first look, nine of ten"),
    gettext_lazy("Days to decision, median"), gettext_lazy("Days to decision, nine of ten"),
    gettext_lazy("Digital from beginning to end (share)"), gettext_lazy("Questions per case"),
)  # fmt: skip


def _cells(found: Sequence[sums.Figures]) -> Iterator[list[Any]]:
    for one in found:
        yield [one.title or gettext_lazy("all"), one.incoming, one.decided, one.withdrawn, one.open,
               one.overdue, one.first_look.median, one.first_look.nine_of_ten, one.decision.median,
               one.decision.nine_of_ten, _rounded(one.digital), _rounded(one.queries)]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
