"""Who and what does not work when: absences of all systems' units, and calendars that say so."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from psycopg.types.range import Range

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Absence, Resource, Source, Unit
from stadtkern.kernel.bookings.models.outside import KINDS
from stadtkern.kernel.bookings.outside import reading
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sealing import seal
from stadtkern.kernel.things.series import city_zone
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, listed
from stadtkern.site.staff.page import page

MAY = "bookings.absences"
COLUMNS = (
    Column(title=gettext_lazy("What"), sort=("unit__resource__name", "unit__number")),
    Column(title=gettext_lazy("From"), sort=("during",)),
    Column(title=gettext_lazy("Until")),
    Column(title=gettext_lazy("Reason")),
    Column(title=gettext_lazy("Said by")),
)
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def units() -> QuerySet[Unit]:
    """Counters, boxes and seats of the systems that are on."""
    ours = Q()
    for one in registry.active():
        ours |= Q(resource__kind__startswith=f"{one.slug}.")
    rows = Unit.objects.filter(ours, resource__active=True) if ours else Unit.objects.none()
    return rows.select_related("resource").order_by("resource__name", "number")


if TYPE_CHECKING:
    ChoiceField = forms.ModelChoiceField[Unit]
else:
    ChoiceField = forms.ModelChoiceField


class UnitChoice(ChoiceField):
    """Named with the resource it belongs to."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.resource.title}: {obj}"


class AbsenceFilters(Filters):
    """By office, place or room."""

    resource = forms.ChoiceField(label=gettext_lazy("Where"))

    def prepare(self) -> None:
        rows = Resource.objects.filter(pk__in=units().values("resource")).order_by("name")
        choices = [("", _("all")), *((str(one.pk), one.title) for one in rows)]
        self.fields["resource"].choices = choices  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        chosen = self.given("resource")
        return rows.filter(unit__resource=int(chosen)) if chosen else rows


class AbsenceForm(forms.Form):
    """Away for whole days."""

    unit = UnitChoice(label=gettext_lazy("Who or what"), queryset=Unit.objects.none())
    first = forms.DateField(label=gettext_lazy("First day"), widget=DATE)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DATE)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days are in order."""
        said = super().clean() or {}
        if {"first", "last"} <= said.keys() and said["last"] < said["first"]:
            self.add_error("last", _("The end lies before the beginning."))
        return said

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first midnight to the one after the last day, by the city's clock."""
        said, zone = self.cleaned_data, city_zone()
        return (datetime.combine(said["first"], time(0), zone),
                datetime.combine(said["last"] + timedelta(days=1), time(0), zone))  # fmt: skip


class SourceForm(forms.Form):
    """An outside calendar: a file, or a server with a log-in."""

    unit = UnitChoice(label=gettext_lazy("Who or what"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("Sort of calendar"), choices=list(KINDS.items()))
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")
    user = forms.CharField(label=gettext_lazy("User name"), max_length=200, required=False)
    secret = forms.CharField(
        label=gettext_lazy("Password"), max_length=200, required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]


@staff(MAY)
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """From today on: who is away, who says so, and how the calendars are read."""
    return _page(request, AbsenceForm(), SourceForm())


def _page(
    request: HttpRequest, away: AbsenceForm, source: SourceForm, status: int = 200
) -> HttpResponse:  # fmt: skip
    filters, mine = AbsenceFilters(request), units().order_by().values("pk")
    rows = Absence.objects.filter(unit__in=mine, during__overlap=Range(clock.now(), None))
    rows = filters.apply(rows.exclude(source__startswith="freed:")).select_related("unit__resource")
    sources = filters.apply(Source.objects.filter(unit__in=mine)).select_related("unit__resource")
    shown = listed(request, rows, COLUMNS, default="during")
    return page(request, "absences", filters=filters, listed=shown, lines=list(_lines(shown.page)),
                away=away, source=source, sources=sources[:200], status=status)  # fmt: skip


def _lines(rows: Any) -> Iterator[tuple[Absence, str]]:
    """Each with who says so; only what was entered by hand can be taken out here."""
    for one in rows:
        kind = one.source.partition(":")[0]
        yield one, {"": "hand", "ics": "calendar", "caldav": "calendar"}.get(kind, "system")


@staff(MAY)
@require_POST
def do(request: HttpRequest) -> HttpResponse:
    """`do`: `away`, `calendar`, `back:<absence>`, `read:<calendar>`, `forget:<calendar>`."""
    what, _colon, given = request.POST.get("do", "").partition(":")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    away = AbsenceForm(request.POST if what == "away" else None)
    source = SourceForm(request.POST if what == "calendar" else None)
    if what == "away" and away.is_valid():
        _add(request, away)
    elif what == "calendar" and source.is_valid():
        _join(request, source.cleaned_data)
    elif what in ("away", "calendar"):
        return _page(request, away, source, 422)
    elif what == "back":
        _back(request, number)
    elif what in ("read", "forget"):
        _calendar(request, what, number)
    else:
        raise Http404
    return redirect("staff-absences")


def _add(request: HttpRequest, form: AbsenceForm) -> None:
    said = form.cleaned_data
    with transaction.atomic():
        made, found = calendars.block(said["unit"], form.span, said["reason"])
        days = {"first": said["first"].isoformat(), "last": said["last"].isoformat()}
        record(person(request), "bookings.away", made.unit, **days)
    messages.success(request, _("Saved."))
    if found:
        text = ngettext("%(n)s booking is concerned: %(codes)s. Please move it.",
                        "%(n)s bookings are concerned: %(codes)s. Please move them.",
                        len(found))  # fmt: skip
        codes = ", ".join(one.code for one in found[:20])
        messages.warning(request, text % {"n": len(found), "codes": codes})


def _join(request: HttpRequest, said: dict[str, Any]) -> None:
    secret = seal(said["secret"]) if said["secret"] else None
    with transaction.atomic():
        made, _new = Source.objects.update_or_create(
            unit=said["unit"], url=said["url"],
            defaults={"kind": said["kind"], "user": said["user"], "secret": secret},
        )  # fmt: skip
        record(person(request), "bookings.calendar", made.unit, kind=said["kind"])
    _read(request, made)


def _back(request: HttpRequest, number: int) -> None:
    rows = Absence.objects.filter(unit__in=units().order_by().values("pk"), source="")
    one = get_object_or_404(rows.select_related("unit"), pk=number)
    with transaction.atomic():
        record(person(request), "bookings.back", one.unit, during=str(one.during))
        one.delete()
    messages.success(request, _("Taken out."))


def _calendar(request: HttpRequest, what: str, number: int) -> None:
    rows = Source.objects.filter(unit__in=units().order_by().values("pk"))
    one = get_object_or_404(rows.select_related("unit"), pk=number)
    if what == "read":
        _read(request, one)
        return
    with transaction.atomic():
        reading.forget(one)
        record(person(request), "bookings.calendar_off", one.unit, kind=one.kind)
    messages.success(request, _("Taken out, with the absences that it said."))


def _read(request: HttpRequest, one: Source) -> None:
    if problem := reading.read(one.pk):
        messages.error(request, problem)
    else:
        messages.success(request, _("The calendar was read."))
