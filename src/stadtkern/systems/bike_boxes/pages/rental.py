"""The rental's own page: pay, PIN, open, extend, end, report; and how to get there again."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.people.access import public
from stadtkern.systems.bike_boxes.logic import (
    RENTAL,
    ending,
    granting,
    links,
    opening,
    periods,
    reporting,
    settings,
    trying,
)
from stadtkern.systems.bike_boxes.logic.renting import chain, charge_for, charge_of, title_of
from stadtkern.systems.bike_boxes.logic.unpaid import WAITED
from stadtkern.systems.bike_boxes.models import Access, Fee, Product, Rescue
from stadtkern.systems.bike_boxes.pages.finding import products


class FindForm(forms.Form):
    """The code of the booking and the mail address it was made with."""

    code = forms.CharField(
        label=gettext_lazy("Code of your booking"), max_length=20,
        help_text=gettext_lazy("Eight letters and digits; it stands in our mail."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail"),
                             widget=forms.EmailInput({"autocomplete": "email"}))  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """To the rental by its code; the answer to a wrong one says nothing about what exists."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sender = request.META.get("REMOTE_ADDR", "")
        if not trying.may_try(sender):
            form.add_error(None, _("Too many tries. Please wait a minute."))
        else:
            code = form.cleaned_data["code"].strip().upper().replace(" ", "")
            found = Booking.objects.filter(
                code=code, kind=RENTAL, email__iexact=form.cleaned_data["email"]
            ).first()
            if found is not None:
                root = found.follows or found
                return redirect("bike_boxes:rental", links.token(root))
            form.add_error(None, _("We find no rental with this code and this mail address."
                                   " Please check both."))  # fmt: skip
    return render(request, "bike_boxes/find.html", {"form": form},
                  status=422 if form.errors else 200)  # fmt: skip


def opened(token: str) -> tuple[Booking, Access | None]:
    """The rental behind a link, with whatever a payment has brought. Raises BadLink."""
    booking = links.read(token)
    access = granting.settle(booking)
    for extension in Booking.objects.filter(follows=booking, kind=RENTAL, state="held"):
        granting.settle(extension)
    booking.refresh_from_db()
    access = (
        Access.objects.filter(booking=booking)
        .select_related("box__size", "facility__place", "booking", "card", "box__unit__resource")
        .first()
    )
    return booking, access


def gone(request: HttpRequest) -> HttpResponse:
    """A link that leads nowhere any more."""
    return render(request, "bike_boxes/gone.html", status=404)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def rental(request: HttpRequest, token: str) -> HttpResponse:
    """How the rental stands and what can be done; sent, an offer is taken or a hold given up."""
    try:
        booking, access = opened(token)
    except BadLink:
        return gone(request)
    if request.method == "POST":
        return _decided(request, booking, token)
    told = _told(booking, access)
    answer = render(request, "bike_boxes/rental.html", {**told, "token": token})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _decided(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    if not _is_owed(booking):
        return redirect("bike_boxes:rental", token)
    if request.POST.get("do") == "drop":
        ending.drop(booking, by="renter")
        messages.success(request, _("The box is free for others again. Nothing is to be paid."))
    else:
        return redirect(charges.page(charge_for(booking)))
    return redirect("bike_boxes:rental", token)


def _is_owed(booking: Booking) -> bool:
    """Whether it is to be paid still; what a waiting list gave is booked before it is paid."""
    if Access.objects.filter(booking=booking).exists():
        return False
    return booking.state == "held" or (booking.state == "booked" and booking.source == WAITED)


def _pay_until(booking: Booking) -> datetime | None:
    if booking.hold_until is not None or booking.confirmed is None:
        return booking.hold_until
    return booking.confirmed + timedelta(minutes=settings().pay_minutes)


def _told(booking: Booking, access: Access | None) -> dict[str, Any]:
    now, charge = clock.now(), charge_of(booking)
    told = {"booking": booking, "access": access, "charge": charge, "title": title_of(booking),
            "place": booking.resource.place, "now": now,
            "pay_until": (until := _pay_until(booking)),
            "owed": _is_owed(booking) and until is not None and until > now}  # fmt: skip
    if access is None:
        return told
    return {**told,
        "pin": granting.pin_of(access) if access.live else "",
        "offline_code": granting.offline_code_of(access) if access.begins <= now else "",
        "may_open": opening.may_open(access, now),
        "overdue": Rescue.objects.filter(booking=booking, closed=None).first(),
        "can_extend": access.live and access.ends > now, "begun": access.begins <= now,
        "can_report": reporting.may_report(access, now),
        "back_cents": ending.refundable(access, now) if access.live else 0,
        "offline": opening.is_offline(access.facility, now),
        "receipts": [one for one in map(charge_of, chain(access)) if one and one.state != "open"],
        "waiting": _unpaid(access), "late": _late(booking),
    }  # fmt: skip


def _late(booking: Booking) -> Charge | None:
    """What is to be paid for a bicycle that stayed."""
    fee = Fee.objects.filter(rescue__booking=booking, charge__state="open").first()
    return fee.charge if fee is not None else None


def _unpaid(access: Access) -> list[Any]:
    """Extensions that wait for their payment."""
    rows = Booking.objects.filter(follows=access.booking_id, state="held",
                                  hold_until__gt=clock.now())  # fmt: skip
    return [(one, charge_of(one)) for one in rows]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, token: str) -> HttpResponse:
    """Choose for how much longer; then the payment."""
    try:
        _booking, access = opened(token)
    except BadLink:
        return gone(request)
    if access is None or not access.live:
        return redirect("bike_boxes:rental", token)
    problem = ""
    if request.method == "POST":
        product = next((p for p in products() if p.slug == request.POST.get("product")), None)
        try:
            if product is None:
                raise Refused(_("Please choose for how long."))
            return redirect(charges.page(charge_for(ending.extend(access, product))))
        except Refused as refused:
            problem = str(refused)
    first = periods.day_of(access.ends)
    choices: list[tuple[Product, Any]] = [(p, periods.end_of(p.kind, first)) for p in products()]
    return render(request, "bike_boxes/extend.html", {
        "access": access, "token": token, "choices": choices, "problem": problem,
    }, status=422 if problem else 200)  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Give the box back; first what that means, then the deed."""
    try:
        _booking, access = opened(token)
    except BadLink:
        return gone(request)
    if access is None or not access.live:
        return redirect("bike_boxes:rental", token)
    problem = ""
    if request.method == "POST":
        try:
            ending.end(access, by="renter")
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Your rental is over. Thank you."))
            return redirect("bike_boxes:rental", token)
    return render(request, "bike_boxes/end.html", {
        "access": access, "token": token, "problem": problem,
        "back_cents": ending.refundable(access), "begun": access.begins <= clock.now(),
    }, status=422 if problem else 200)  # fmt: skip


@public
@require_POST
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's bicycle stands in the box: another one, or the money back."""
    try:
        _booking, access = opened(token)
    except BadLink:
        return gone(request)
    if access is None:
        return redirect("bike_boxes:rental", token)
    try:
        box = reporting.taken(access)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if box is None:
            messages.warning(request, _("We are sorry: no other box is free here. You get your"
                                        " money back."))  # fmt: skip
        else:
            number = _("Please use box %(number)s. Your PIN stays the same.")
            messages.success(request, number % {"number": box.number})
    return redirect(reverse("bike_boxes:rental", args=[token]))
