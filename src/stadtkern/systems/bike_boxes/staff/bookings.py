"""All rentals, one rental, and who waits."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import STATES, Booking, Wish
from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.logic import RENTAL, ending
from stadtkern.systems.bike_boxes.logic.renting import box_of, chain, charge_of
from stadtkern.systems.bike_boxes.models import Access, DoorEvent, Facility
from stadtkern.systems.bike_boxes.staff.answer import page, person

PER_PAGE = 50
ALL = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """By code or mail address, place, and state."""

    q = forms.CharField(
        label=gettext_lazy("Code or e-mail"), required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ALL, *STATES.items()]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        places = Facility.objects.select_related("place")
        choices = [ALL, *((one.slug, one.title) for one in places)]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Booking]) -> QuerySet[Booking]:
        """The rows that pass."""
        said = self.cleaned_data
        if q := said.get("q", "").strip():
            exact = {"email__iexact": q} if "@" in q else {"code": q.upper()}
            rows = rows.filter(**exact)
        if said.get("place"):
            rows = rows.filter(properties__facility=said["place"])
        return rows.filter(state=said["state"]) if said.get("state") else rows


@staff("bike_boxes.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The rentals that the address asks for, the newest first."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.apply(Booking.objects.of_kind(RENTAL).select_related("resource__place"))
    listed = Paginator(rows.order_by("-created", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    boxes = {
        access.booking_id: access.box.number
        for access in Access.objects.filter(booking__in=[b.pk for b in listed]).select_related(
            "box"
        )
    }
    return page(request, "bookings", filters=filters, listed=listed,
                rows=[(one, boxes.get(one.pk)) for one in listed])  # fmt: skip


@staff("bike_boxes.see")
@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: HttpRequest, public_id: str) -> HttpResponse:
    """One rental with its money and its door events; sent, it is ended."""
    found = get_object_or_404(
        Booking.objects.of_kind(RENTAL).select_related("resource__place", "follows"),
        public_id=public_id,
    )
    access = Access.objects.filter(booking=found).select_related("box__facility").first()
    who = person(request)
    if request.method == "POST" and access is not None and who.may("bike_boxes.manage"):
        try:
            reason = request.POST.get("reason", "")[:200]
            back = ending.end(access, by=f"account:{who.pk}", reason=reason)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            record(who, "bike_boxes.end", access, reason=reason, cents=back)
            messages.success(request, _("The rental is over."))
        return redirect("bike_boxes-staff:booking", public_id)
    chained = chain(access) if access else [found]
    return page(
        request, "booking", booking=found, access=access, box=box_of(found),
        charges=[one for one in map(charge_of, chained) if one],
        events=DoorEvent.objects.filter(booking=found)[:50],
        back_cents=ending.refundable(access) if access and access.live else 0,
    )  # fmt: skip


@staff("bike_boxes.see")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits, in the order of asking, without names."""
    rows = Wish.objects.filter(kind=RENTAL, state__in=["waiting", "offered"]).order_by("created")
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    places = {one.slug: one.title for one in Facility.objects.select_related("place")}
    return page(request, "waiting", listed=listed, rows=[
        (one, places.get(str(one.properties.get("facility")), "")) for one in listed
    ])  # fmt: skip
