"""Bicycles that stayed: overdue, warned, in storage, given back."""

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
from stadtkern.systems.bike_boxes.logic import overdue
from stadtkern.systems.bike_boxes.models import Access, Rescue
from stadtkern.systems.bike_boxes.staff.answer import page, person


class StoreForm(forms.Form):
    """Where the bicycle stands, and how it looks."""

    where = forms.CharField(label=gettext_lazy("Where it is stored"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("What it looks like"), max_length=300, required=False
    )


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
    who, form = person(request), StoreForm()
    if request.method == "POST" and who.may("bike_boxes.manage"):
        deed = request.POST.get("do", "")
        form = StoreForm(request.POST if deed == "store" else None)
        try:
            if deed == "store" and form.is_valid():
                overdue.store(found, who, **form.cleaned_data)
            elif deed in ("returned", "disposed"):
                overdue.hand_over(found, who, deed)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("bike_boxes-staff:rescue", number)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("bike_boxes-staff:rescue", number)
    now = clock.now()
    return page(
        request, "rescue", rescue=found, form=form, now=now,
        can_store=found.state == "warned" and found.remove_after and found.remove_after <= now,
        can_dispose=found.state == "stored" and found.store_until and found.store_until <= now,
        status=422 if form.errors else 200,
    )  # fmt: skip
