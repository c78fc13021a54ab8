"""A zone with prices, sellers, and a clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.translation import override

from stadtkern.kernel.payments.ledger import balances
from stadtkern.kernel.people.models import Account, issue_key
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking_tickets.logic import MACHINE, ZONE, rights
from stadtkern.systems.parking_tickets.models import Machine, Operator, Session, Tariff, Zone

# A Monday, 10:30 by the clocks of Herne.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SHOPS = {"name": "day", "days": ["Mo", "Tu", "We", "Th", "Fr", "Sa"], "begins": "09:00",
         "ends": "18:00", "steps": [{"cents": 150, "per_minutes": 60}]}  # fmt: skip
RULES = {"windows": [SHOPS], "least_cents": 20, "longest_minutes": 180}
SQUARE = [[7.21, 51.53], [7.22, 51.53], [7.22, 51.54], [7.21, 51.54], [7.21, 51.53]]


class Town:
    """Zones with prices; whatever is not given is ordinary."""

    SINCE = datetime(2026, 1, 1, tzinfo=UTC)

    def __init__(self) -> None:
        self.zone = self.add("4711")
        self.operator = Operator.objects.create(slug="app-a", name="App A", invented=True)

    def add(self, number: str, rules: dict[str, Any] | None = None, **more: Any) -> Zone:
        place = Place.objects.create(
            kind=ZONE, name=f"Zone {number}", geometry={"type": "Polygon", "coordinates": [SQUARE]}
        )
        zone = Zone.objects.create(place=place, number=number, **more)
        self.prices(zone, rules or RULES, since=self.SINCE)
        return zone

    def prices(self, zone: Zone, rules: dict[str, Any], since: datetime) -> Tariff:
        last = Tariff.objects.filter(zone=zone).first()
        if last is not None:
            Tariff.objects.filter(pk=last.pk).update(during=(last.during.lower, since))
        number = 1 if last is None else last.number + 1
        return Tariff.objects.create(
            zone=zone, number=number, during=(since, None), rules=rules, published=since
        )

    def machine(self, number: str = "12", zone: Zone | None = None) -> Machine:
        place = Place.objects.create(kind=MACHINE, name=f"Automat {number}",
                                     geometry=point(7.215, 51.535))  # fmt: skip
        return Machine.objects.create(place=place, number=number, zone=zone or self.zone)

    def wanted(
        self, minutes: int | None = 60, plate: str = "HERAB123", **more: Any
    ) -> rights.Wanted:
        begins = more.pop("begins", datetime.now(UTC))
        until = None if minutes is None else begins + timedelta(minutes=minutes)
        return rights.Wanted(**{
            "zone": self.zone, "begins": begins, "until": until, "plate": plate, "source": "app",
            "operator": self.operator, **more,
        })  # fmt: skip

    def sold(self, minutes: int | None = 60, key: str = "k1", **more: Any) -> Session:
        return rights.start(self.wanted(minutes, **more), key=key, actor="operator:app-a")


def booked() -> dict[tuple[str, str], int]:
    """What is on the accounts; a double-entry ledger always adds up to nothing."""
    found = {(one.account, one.detail): one.cents for one in balances()}
    assert sum(found.values()) == 0
    return found


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
def town(db, clock):
    return Town()


@pytest.fixture
def machine_key(town):
    key, secret = issue_key(label="Automaten", scopes=("parking_tickets:machine",))
    machine = town.machine()
    machine.keys.add(key)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


@pytest.fixture
def boss(db, client):
    account = Account.objects.create(username="chefin", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account
