"""The places with bike boxes as other programs read them."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.feeds.parking import Count, Facility, Price
from stadtkern.systems.bike_boxes.logic import availability, opening, settings
from stadtkern.systems.bike_boxes.logic.availability import Free
from stadtkern.systems.bike_boxes.models import Product

MINUTES = {"day": 1440, "week": 7 * 1440}


def facilities() -> Iterator[Facility]:
    """Every place with its boxes and prices; a fixed number of queries."""
    prices = tuple(_price(one) for one in Product.objects.filter(active=True))
    with override("de"):
        for one in availability.now_free():
            yield _facility(one, prices)


def _facility(one: Free, prices: tuple[Price, ...]) -> Facility:
    place = one.facility.place
    return Facility(
        uid=f"bike_boxes-{one.facility.slug}", system="bike_boxes", place=place.public_id,
        name=place.name, name_en=place.name_en, purpose="BIKE", kind="LOCKERS",
        lon=place.lon or 0.0, lat=place.lat or 0.0,
        counts=(Count(audience="all", capacity=one.all, free=one.free),),
        static_at=max(place.created, one.facility.created), at=_this_minute(), opening="open",
        opening_hours="24/7", prices=prices, has_fee=True, park_and_ride=("YES",), covered=True,
        operator=settings().operator, note=_note(one),
        page=reverse("bike_boxes:place", args=[one.facility.slug]),
        source=place.source, licence=place.licence, invented=place.invented,
        outside_ids=(("unit", one.facility.unit),),
    )  # fmt: skip


def _this_minute() -> datetime:
    """Free boxes are reckoned from bookings as they are now; to the minute is exact enough."""
    return clock.now().replace(second=0, microsecond=0)


def _price(one: Product) -> Price:
    return Price(title=one.name, cents=one.cents, minutes=MINUTES.get(one.kind))


def _note(one: Free) -> str:
    if opening.is_offline(one.facility):
        return "Das Terminal ist gerade nicht verbunden."
    return "Buchbar im Voraus und vor Ort."
