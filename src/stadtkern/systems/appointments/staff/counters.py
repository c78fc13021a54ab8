"""Counters of an office: what they are fit for, whose calendar says when they are away, links."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.models import Feed, Source, Unit
from stadtkern.kernel.bookings.outside import reading
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.post.address import link
from stadtkern.systems.appointments.models import Clerk, Office, Service
from stadtkern.systems.appointments.staff.answer import office_of, page, person

if TYPE_CHECKING:
    UnitModel = forms.ModelForm[Unit]
else:
    UnitModel = forms.ModelForm


class CounterForm(UnitModel):
    """A counter's name and skills."""

    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Fit for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Unit
        fields = ("name", "skills", "active")
        labels = {
            "name": gettext_lazy("Name of the counter"),
            "active": gettext_lazy("In use"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {s for row in Service.objects.values_list("skills", flat=True) for s in row}
        known |= set(self.instance.skills or ())
        self.fields["skills"].choices = [  # type: ignore[attr-defined]
            (one, one) for one in sorted(known)
        ]


class SourceForm(forms.Form):
    """Whose calendar says when a counter is away."""

    unit = forms.ModelChoiceField(label=gettext_lazy("At counter"), queryset=Unit.objects.none())
    url = forms.URLField(
        label=gettext_lazy("Address of the calendar (ICS)"), max_length=500, assume_scheme="https",
        help_text=gettext_lazy("It is read every few minutes; its events are absences."),
    )  # fmt: skip


class ClerkForm(forms.Form):
    """Who works here, and usually where."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Person"), queryset=Account.objects.filter(is_staff=True),
        to_field_name="username",
    )  # fmt: skip
    counter = forms.ModelChoiceField(
        label=gettext_lazy("Usual counter"), queryset=Unit.objects.none(), required=False
    )


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def counters(request: HttpRequest, slug: str) -> HttpResponse:
    """All counters with a form each, clerks, outside calendars and links for calendar programs."""
    office = office_of(request, slug)
    units = list(Unit.objects.filter(resource=office.resource_id).order_by("number"))
    what = request.POST.get("do", "")
    forms_by_unit = {
        unit.pk: CounterForm(request.POST if what == f"unit:{unit.pk}" else None, instance=unit,
                             prefix=f"u{unit.pk}")
        for unit in units
    }  # fmt: skip
    source = SourceForm(request.POST if what == "source" else None)
    clerk = ClerkForm(request.POST if what == "clerk" else None)
    rows = Unit.objects.filter(resource=office.resource_id)
    for form, name in ((source, "unit"), (clerk, "counter")):
        form.fields[name].queryset = rows  # type: ignore[attr-defined]
    if request.method == "POST" and _do(request, office, what, forms_by_unit, source, clerk):
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:counters", slug)
    feeds = Feed.objects.filter(resource=office.resource_id, account=person(request))
    links = [
        (feed, link("bookings:calendar", feed.secret)) for feed in feeds.select_related("unit")
    ]
    wrong = source.errors or clerk.errors or any(f.errors for f in forms_by_unit.values())
    return page(
        request, "counters", office=office, forms=list(forms_by_unit.items()), source=source,
        clerk=clerk, links=links, tab="counters", status=422 if wrong else 200,
        sources=Source.objects.filter(unit__in=units).select_related("unit"),
        clerks=Clerk.objects.filter(office=office).select_related("account", "counter"),
    )  # fmt: skip


def _do(
    request: HttpRequest, office: Office, what: str, forms_by_unit: dict[int, CounterForm],
    source: SourceForm, clerk: ClerkForm,
) -> bool:  # fmt: skip
    """Whether it was done."""
    kind, _colon, given = what.partition(":")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    with transaction.atomic():
        if kind == "add":
            _add(office)
        elif kind == "unit" and number in forms_by_unit and forms_by_unit[number].is_valid():
            forms_by_unit[number].save()
        elif kind == "source" and source.is_valid():
            said = source.cleaned_data
            Source.objects.get_or_create(unit=said["unit"], url=said["url"])
        elif kind == "clerk" and clerk.is_valid():
            said = clerk.cleaned_data
            Clerk.objects.update_or_create(office=office, account=said["account"],
                                           defaults={"counter": said["counter"]})  # fmt: skip
        elif kind == "no-source":
            reading.forget(get_object_or_404(Source, pk=number, unit__resource=office.resource_id))
        elif kind == "no-clerk":
            get_object_or_404(Clerk, pk=number, office=office).delete()
        elif kind == "feed":
            Feed.objects.create(resource=office.resource, account=person(request))
        elif kind == "no-feed":
            rows = Feed.objects.filter(account=person(request))
            get_object_or_404(rows, pk=number).delete()
        else:
            return False
        record(person(request), "appointments.counters", office, what=what)
    return True


def _add(office: Office) -> None:
    last = Unit.objects.filter(resource=office.resource_id).aggregate(n=Max("number"))["n"] or 0
    Unit.objects.create(resource=office.resource, number=last + 1,
                        name=_("Counter %(n)s") % {"n": last + 1})  # fmt: skip
