"""Invented rentals: two months that are over, for the figures, and some that run now."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Occupancy
from stadtkern.kernel.sealing import seal
from stadtkern.systems.bike_boxes.logic import RENTAL, codes, periods
from stadtkern.systems.bike_boxes.logic.renting import frozen
from stadtkern.systems.bike_boxes.models import Access, Box, Product

SOURCE = "demo"
PAST_DAYS = 60
# How busy a place is, as the chance that a free box is rented on a day.
BUSY = {"herne-bahnhof": 0.3, "auf-der-wenge": 0.12, "schloss-struenkede": 0.2}
KINDS = {"day": 0.75, "week": 0.18, "month": 0.07}


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One invented rental of a box."""

    box: Box
    kind: str
    first: date
    begins: datetime
    ends: datetime


def fill(rng: random.Random) -> None:
    """Once: whatever was made before stays."""
    if Booking.objects.filter(source=SOURCE, kind=RENTAL).exists():
        return
    now = clock.now()
    boxes = Box.objects.filter(state="ok").select_related("facility", "unit", "size")
    stays = [stay for box in boxes for stay in _stays(rng, box, now)]
    with transaction.atomic():
        _past([one for one in stays if one.ends <= now])
        for one in stays:
            if one.begins <= now < one.ends:
                _running(one)


def _stays(rng: random.Random, box: Box, now: datetime) -> list[Stay]:
    """One after the other, the last one maybe still running."""
    day, found = periods.day_of(now) - timedelta(days=PAST_DAYS), []
    while day <= periods.day_of(now):
        if rng.random() > BUSY.get(box.facility.slug, 0.25):
            day += timedelta(days=1)
            continue
        kind = "month" if box.long_term_only else _kind(rng)
        begins = periods.midnight(day) + timedelta(hours=rng.uniform(6, 9))
        ends = periods.end_of(kind, day)
        if begins <= now:
            found.append(Stay(box=box, kind=kind, first=day, begins=begins, ends=ends))
        day = periods.day_of(ends)
    return found


def _kind(rng: random.Random) -> str:
    return rng.choices(list(KINDS), weights=list(KINDS.values()))[0]


def _booking(one: Stay, products: dict[str, Any], **more: Any) -> Booking:
    told = {**products[one.kind], "facility": one.box.facility.slug,
            "first": one.first.isoformat(), "invented": True}  # fmt: skip
    return Booking(
        kind=RENTAL, resource_id=one.box.unit.resource_id, begins=one.begins, ends=one.ends,
        source=SOURCE, key=f"{one.box.public_id}:{one.first}", properties=told,
        created=one.begins, confirmed=one.begins, **more,
    )  # fmt: skip


def _products() -> dict[str, Any]:
    return {one.kind: frozen(one) for one in Product.objects.all()}


def _past(stays: list[Stay]) -> None:
    products = _products()
    made = Booking.objects.bulk_create(
        [_booking(one, products, state="finished", ended=one.ends) for one in stays]
    )
    Occupancy.objects.bulk_create(
        Occupancy(booking=row, unit=one.box.unit, during=(one.begins, one.ends), live=False)
        for row, one in zip(made, stays, strict=True)
    )


def _running(one: Stay) -> None:
    """With a right to its box, and the bicycle inside."""
    row = _booking(one, _products(), state="arrived")
    row.save()
    Occupancy.objects.create(booking=row, unit=one.box.unit, during=(one.begins, one.ends))
    pin = codes.new_pin()
    Access.objects.create(
        booking=row, facility=one.box.facility, box=one.box, begins=one.begins, ends=one.ends,
        pin_digest=codes.digest(one.box.facility, "pin", pin), pin_sealed=seal(pin),
        opened=one.begins,
    )  # fmt: skip
    Box.objects.filter(pk=one.box.pk).update(bike=True, bike_at=one.begins)
