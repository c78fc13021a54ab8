"""Bicycles that stayed: overdue, warned, in storage, given back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.logic import fees, overdue, settings
from stadtkern.systems.bike_boxes.models import Access, Fee, Rescue
from stadtkern.systems.bike_boxes.staff.answer import page, person
from stadtkern.systems.bike_boxes.staff.fees import STATES, state_of


class StoreForm(forms.Form):
    """Where the bicycle stands, and how it looks."""

    where = forms.CharField(label=gettext_lazy("Where it is stored"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("What it looks like"), max_length=300, required=False
    )


class WaiveForm(forms.Form):
    """Why nothing is asked for."""

    why = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


@staff("bike_boxes.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Rentals that are over with a bicycle still inside, and bicycles in storage."""
    rows = Rescue.objects.select_related("box__facility__place", "booking")
    open_ones = rows.filter(closed=None).order_by("since")
    closed = Paginator(rows.exclude(closed=None), 25).get_page(request.GET.get("page"))
    ending = Access.objects.filter(live=True, ends__lte=clock.now()).select_related(
        "box__facility__place", "booking")  # fmt: skip
    late = ending.exclude(booking__in=open_ones.values("booking"))
    return page(request, "rescues", open=open_ones, closed=closed, late=late)


@staff("bike_boxes.see")
@require_http_methods(["GET", "HEAD", "POST"])
def rescue(request: HttpRequest, number: int) -> HttpResponse:
    """One bicycle; sent, the next step is taken."""
    rows = Rescue.objects.select_related("box__facility__place", "booking")
    found = get_object_or_404(rows, pk=number)
    deed = request.POST.get("do", "")
    store = StoreForm(request.POST if deed == "store" else None)
    waive = WaiveForm(request.POST if deed == "waive" else None)
    if request.method == "POST" and person(request).may("bike_boxes.manage"):
        try:
            done = _done(request, found, deed, store, waive)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("bike_boxes-staff:rescue", number)
        if done:
            messages.success(request, _("Saved."))
            return redirect("bike_boxes-staff:rescue", number)
    now = clock.now()
    return page(
        request, "rescue", rescue=found, form=store, waive=waive, now=now, **_money(found),
        can_store=found.state == "warned" and found.remove_after and found.remove_after <= now,
        can_dispose=found.state == "stored" and found.store_until and found.store_until <= now,
        status=422 if store.errors or waive.errors else 200,
    )  # fmt: skip


def _done(
    request: HttpRequest, found: Rescue, deed: str, store: StoreForm, waive: WaiveForm
) -> bool:  # fmt: skip
    """Whether a step was taken."""
    who = person(request)
    if deed == "store" and store.is_valid():
        overdue.store(found, who, **store.cleaned_data)
    elif deed == "waive" and waive.is_valid():
        fees.waive(found, who, waive.cleaned_data["why"])
    elif deed in ("returned", "disposed"):
        overdue.hand_over(found, who, deed)
    else:
        return False
    return True


def _money(found: Rescue) -> dict[str, Any]:
    """What is asked for, or would be if the bicycle went now."""
    fee = Fee.objects.filter(rescue=found).select_related("charge").first()
    price = settings().late_fee
    if fee is None:
        going = found.state in ("overdue", "warned")
        asked = bool(price.day_cents or price.removal_cents)
        return {"owed": fees.owed(found, clock.now()) if going else None,
                "can_waive": going and asked and not found.waived}  # fmt: skip
    title, _which, sign = STATES[state_of(fee)]
    return {"fee": fee, "fee_state": title, "fee_sign": sign,
            "can_waive": not found.waived and state_of(fee) != "waived"}  # fmt: skip
