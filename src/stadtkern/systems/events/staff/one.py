"""An event's own staff page: how it stands, its dates, and what can be done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.systems.events import changes
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.pages.submitting import moment
from stadtkern.systems.events.staff.answer import page, person

DATES = 30


class DateForm(forms.Form):
    """When a single date takes place instead, and why."""

    begins = moment(gettext_lazy("Begins"), required=False)
    ends = moment(gettext_lazy("Ends"), required=False)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        begins, ends = said.get("begins"), said.get("ends")
        if (begins is None) != (ends is None) or (begins and ends and ends < begins):
            self.add_error("ends", _("Please enter when it begins and, after that, when it ends."))
        return said


@staff("events.edit")
@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    """How it stands."""
    rows = Event.objects.select_related("place", "area").defer("large", "small")
    found = get_object_or_404(rows, pk=number)
    dates = list(found.occasions.filter(ends__gte=clock.now())[:DATES])
    for row in dates:
        row.event = found
    return page(
        request, "event", one=found,
        dates=[(row, DateForm(initial={"begins": row.begins, "ends": row.ends},
                              auto_id=f"date-{row.pk}-%s")) for row in dates],
        origins=found.origins.select_related("source"),
    )  # fmt: skip


@staff("events.publish")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Publish, refuse, withdraw, cancel, or take a cancellation back."""
    get_object_or_404(Event.objects.only("pk"), pk=number)
    who, deed = person(request), request.POST.get("do", "")
    note = request.POST.get("note", "").strip()
    if deed in ("public", "refused", "withdrawn"):
        changes.decide(who, number, deed, note[:500])
    elif deed == "cancel":
        changes.cancel(who, number, note[:200])
    elif deed == "revive":
        changes.revive(who, number)
    else:
        raise Http404
    messages.success(request, _("Saved."))
    return redirect("events-staff:event", number)


@staff("events.publish")
@require_POST
def date(request: HttpRequest, number: int, date: int) -> HttpResponse:
    """Cancel, move or restore one date."""
    rows = Occasion.objects.select_related("event__place")
    row = get_object_or_404(rows, pk=date, event=number)
    form, deed = DateForm(request.POST), request.POST.get("do", "")
    if deed not in ("cancel", "move", "restore"):
        raise Http404
    if not form.is_valid() or (deed == "move" and not form.cleaned_data["begins"]):
        messages.error(request, _("Please enter when it begins and, after that, when it ends."))
        return redirect("events-staff:event", number)
    said = form.cleaned_data
    span = (said["begins"], said["ends"]) if deed == "move" else None
    changes.change_date(person(request), row, deed, said["note"], span)
    messages.success(request, _("Saved."))
    return redirect("events-staff:event", number)
