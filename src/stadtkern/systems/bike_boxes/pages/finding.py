"""Find a box: all places with what is free on a day, and one place with sizes and prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.bike_boxes import layers
from stadtkern.systems.bike_boxes.logic import availability, counting, periods, settings
from stadtkern.systems.bike_boxes.logic.availability import Free
from stadtkern.systems.bike_boxes.models import Facility, Product, Size

# A bicycle needs some air around it to go in and out.
AIR = 4


class DayForm(forms.Form):
    """For how long, from which day on."""

    product = forms.ChoiceField(label=_("How long"), required=False)
    first = forms.DateField(
        label=_("First day"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, data: Any, products: Sequence[Product]) -> None:
        today = periods.day_of(clock.now())
        given = {"product": data.get("product") or products[0].slug if products else "",
                 "first": data.get("first") or today.isoformat()}  # fmt: skip
        super().__init__(given)
        self.fields["product"].choices = [(one.slug, one.title) for one in products]  # type: ignore[attr-defined]
        last = today + timedelta(days=settings().ahead_days)
        self.fields["first"].widget.attrs |= {"min": today.isoformat(), "max": last.isoformat()}

    def clean_first(self) -> date:
        first = self.cleaned_data["first"]
        today = periods.day_of(clock.now())
        if first is None or first < today:
            return today
        last: date = min(first, today + timedelta(days=settings().ahead_days))
        return last


class FitForm(forms.Form):
    """The bicycle's own measures."""

    length = forms.IntegerField(label=_("Length of the bicycle in cm"), min_value=50, max_value=400)
    handlebar = forms.IntegerField(
        label=_("Width of the handlebar in cm"), min_value=20, max_value=150
    )
    height = forms.IntegerField(label=_("Height in cm"), min_value=50, max_value=250)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Whether a bicycle goes into a size of box, and what is too big."""

    size: Size
    fits: bool
    reasons: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A place on the page."""

    one: Free
    state: State
    word: str
    sizes: Sequence[tuple[Size, int]]
    datastream: int | None

    @property
    def facility(self) -> Facility:
        """The place with its boxes."""
        return self.one.facility

    @property
    def share(self) -> float:
        """Free boxes of all."""
        return self.one.free / self.one.all if self.one.all else 0.0


def products() -> list[Product]:
    """What can be bought, the shortest first."""
    return list(Product.objects.filter(active=True))


def chosen(request: HttpRequest) -> tuple[DayForm, Product | None, date]:
    """The form, the product, and the first day that the address asks for."""
    listed = products()
    form = DayForm(request.GET, listed)
    valid = form.is_valid()
    slug = form.cleaned_data.get("product") if valid else ""
    product = next((one for one in listed if one.slug == slug), listed[0] if listed else None)
    first = form.cleaned_data["first"] if valid else periods.day_of(clock.now())
    return form, product, first


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """All places with what is free; a fixed number of queries for any number of boxes."""
    form, product, first = chosen(request)
    found = availability.on_day(product.kind, first) if product else []
    today = first == periods.day_of(clock.now())
    return render(request, "bike_boxes/home.html", {
        "form": form, "product": product, "first": first, "today": today,
        "cards": _cards(found), "products": products(),
        "query": request.GET.urlencode(), **_fit(request),
        "pins": list(layers.pins_of(availability.now_free())),
        "bounds": layers.bounds([one.facility.place for one in found]),
        "invented": any(one.facility.place.invented for one in found),
        "datastreams": list(counting.streams().values()) if today else [],
    })  # fmt: skip


def _cards(found: Sequence[Free]) -> list[Card]:
    sizes, streams = list(Size.objects.all()), counting.streams()
    return [
        Card(one=one, state=layers.state_of(one), word=layers.word_of(layers.state_of(one)),
             sizes=[(size, one.of_size(size)) for size in sizes if one.of_size(size)],
             datastream=streams.get(one.facility.place_id))
        for one in found
    ]  # fmt: skip


def _fit(request: HttpRequest) -> dict[str, Any]:
    asked = "length" in request.GET
    form = FitForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return {"fit_form": form, "fits": []}
    told = form.cleaned_data
    return {"fit_form": form, "fits": [fit_of(size, **told) for size in Size.objects.all()]}


def fit_of(size: Size, *, length: int, handlebar: int, height: int) -> Fit:
    """Whether it goes in with some air, and what is too big for it."""
    checks = (
        (length + AIR <= size.length, _("too long")),
        (handlebar + AIR <= min(size.width, size.door_width), _("the handlebar is too wide")),
        (height + AIR <= min(size.height, size.door_height), _("too high")),
    )
    reasons = [reason for good, reason in checks if not good]
    return Fit(size=size, fits=not reasons, reasons=reasons)


def facility_or_404(slug: str) -> Facility:
    """A place that people can rent at."""
    found = next((one for one in availability.facilities() if one.slug == slug), None)
    if found is None:
        raise Http404
    return found


@public
@require_safe
@one_page()
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """One place: what is free by size, what it costs, how to get there."""
    facility = facility_or_404(slug)
    form, product, first = chosen(request)
    found = availability.on_day(product.kind, first) if product else []
    one = next((each for each in found if each.facility.pk == facility.pk), None)
    if one is None or product is None:
        raise Http404
    boxes = [(size, one.of_size(size)) for size in Size.objects.filter(boxes__facility=facility)
             .distinct()]  # fmt: skip
    return render(request, "bike_boxes/place.html", {
        "facility": facility, "form": form, "product": product, "first": first, "one": one,
        "state": layers.state_of(one), "word": layers.word_of(layers.state_of(one)),
        "sizes": boxes, "products": products(), "sockets": sum(b.socket for b in one.boxes),
        "bounds": layers.bounds([facility.place]),
        "ends": periods.end_of(product.kind, first),
        "today": first == periods.day_of(clock.now()),
    })  # fmt: skip
