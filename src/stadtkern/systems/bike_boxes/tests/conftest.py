"""A place with boxes, prices, and a clock that stands still until a test moves it."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils.translation import override

from stadtkern.kernel.bookings.models import Resource, Unit
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.payments import charges
from stadtkern.kernel.people.models import Account, issue_key
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.sealing import seal
from stadtkern.systems.bike_boxes.logic import (
    FACILITY,
    RENTAL,
    availability,
    granting,
    periods,
    renting,
)
from stadtkern.systems.bike_boxes.logic.renting import Order
from stadtkern.systems.bike_boxes.models import Box, Facility, Partner, Product, Size

# The simulator's controller is the other end of the line.
sys.path.insert(0, str(Path(__file__).parents[5]))

# A Monday, 10:30 by the clocks of Herne.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PRICES = {"day": 100, "week": 500, "month": 1500, "year": 9000}


class Station:
    """A place with boxes of one size."""

    def __init__(self, boxes: int = 2, slug: str = "zob") -> None:
        self.size, _ = Size.objects.get_or_create(
            slug="standard",
            defaults={
                "name": "Normal", "name_en": "Standard", "length": 200, "width": 80, "height": 125,
                "door_width": 74, "door_height": 120,
            },
        )  # fmt: skip
        for at, (kind, cents) in enumerate(PRICES.items()):
            Product.objects.get_or_create(
                slug=kind,
                defaults={
                    "name": f"1 {kind}", "kind": kind, "cents": cents, "weight": at,
                    "refund": "months" if kind == "year" else "none",
                },
            )  # fmt: skip
        self.place = Place.objects.create(
            kind=FACILITY, name=f"Boxen {slug}", geometry=point(7.2, 51.5)
        )
        self.facility = Facility.objects.create(
            place=self.place, slug=slug, unit=f"u-{slug}", secret=seal("5ec7e7" * 10)
        )
        self.resource = Resource.objects.create(kind=RENTAL, place=self.place, name=slug)
        self.boxes = [self._box(n) for n in range(1, boxes + 1)]

    def _box(self, number: int) -> Box:
        unit = Unit.objects.create(resource=self.resource, number=number)
        box = Box.objects.create(
            facility=self.facility, unit=unit, size=self.size, number=number, door="closed"
        )
        Unit.objects.filter(pk=unit.pk).update(skills=availability.skills_of(box))
        return box

    def order(self, kind: str = "day", first: date | None = None, **more: object) -> Order:
        return Order(
            facility=self.facility, product=Product.objects.get(slug=kind),
            first=first or periods.day_of(datetime.now(UTC)),
            person=Person(email="rad@example.org"), **more,
        )  # fmt: skip

    def held(self, kind: str = "day", **more: object):
        return renting.hold(self.order(kind, **more))

    def rented(self, kind: str = "day", **more: object):
        """Held, paid at the counter, settled."""
        booking = self.held(kind, **more)
        charges.pay_at_counter(renting.charge_for(booking), "test", "cash")
        access = granting.settle(booking)
        assert access is not None
        return access


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def later(clock):
    def move(**span: float) -> None:
        clock.shift(timedelta(**span))

    return move


@pytest.fixture
def station(db, clock):
    return Station()


@pytest.fixture
def partner(db):
    key, secret = issue_key(label="Portal", scopes=("bike_boxes:partner",))
    made = Partner.objects.create(slug="portal", name="Portal", key=key)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}", "partner": made}


@pytest.fixture
def boss(db, client):
    account = Account.objects.create(username="hcr", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account
