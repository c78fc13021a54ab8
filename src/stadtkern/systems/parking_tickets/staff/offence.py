"""A check becomes a fine, with all that is known at this moment."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import fines
from stadtkern.systems.parking_tickets.models import ALLOWED, FINE_REASONS, Check, Fine
from stadtkern.systems.parking_tickets.staff.control import page, person

# What a result suggests as the reason.
REASONS = {"ended": "ended", "elsewhere": "elsewhere"}


class OffenceForm(forms.Form):
    """What the check itself does not say."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=list(FINE_REASONS.items()))
    where = forms.CharField(
        label=gettext_lazy("Street"), required=False, max_length=160,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


@staff("parking_tickets.check")
@require_http_methods(["GET", "HEAD", "POST"])
def offence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For whoever made the check, and for the fines office; once for a check."""
    row = _check(request, public_id)
    known, plate = Fine.objects.filter(check_made=row).first(), plates.shown(row.plate_sealed)
    form = OffenceForm(request.POST or None,
                       initial={"reason": REASONS.get(row.result, "no_right")})  # fmt: skip
    if request.method == "POST" and plate and form.is_valid():
        new = fines.New(plate=plate, at=row.at, zone=row.zone, check=row, **form.cleaned_data)
        fine = known or fines.issue(new, person(request))
        told = _("Fine %s is kept with all that is known now.") % fine.number
        messages.success(request, told)
        return redirect("parking_tickets-staff:look")
    return page(request, "offence", check=row, plate=plate, known=known, form=form,
                status=422 if form.errors else 200)  # fmt: skip


def _check(request: HttpRequest, public_id: UUID) -> Check:
    """A check that found the car in the wrong. Raises Http404."""
    who = person(request)
    rows = Check.objects.select_related("zone").exclude(result__in=ALLOWED)
    row = get_object_or_404(rows, public_id=public_id)
    if row.officer_id != who.pk and not who.may("parking_tickets.fines"):
        raise Http404
    return row
