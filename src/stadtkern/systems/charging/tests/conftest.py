"""The demo's charging points, filled once for all tests of a file."""

import random
import re
from datetime import timedelta

import pytest
from django.utils.translation import override

from stadtkern.kernel import formguard
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.charging import demo
from stadtkern.systems.charging.logic import LOCATION
from stadtkern.systems.charging.logic.register import taking
from stadtkern.systems.charging.models import Evse, Location, Tariff


@pytest.fixture(scope="module")
def town(committed):
    """The demo with a short history, so that it is there quickly."""
    days, demo.HISTORY_DAYS = demo.HISTORY_DAYS, 7

    def fill():
        with override("de"):
            demo.fill(random.Random(1))

    committed(fill)
    demo.HISTORY_DAYS = days


@pytest.fixture
def station(db):
    """A location with two points of 22 kW at 0.50 euro a kWh without tax."""
    place = Place.objects.create(
        kind=LOCATION,
        name="Am Test",
        street="Am Test 1",
        postcode="44623",
        town="Herne",
        geometry=point(7.22, 51.54),
    )
    location = Location.objects.create(place=place, uid="am-test", operator="Werke")
    energy = {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}
    tariff = Tariff.objects.create(uid="t", title="Test", elements=[energy])
    for number in (1, 2):
        evse = Evse.objects.create(location=location, number=number, uid=f"am-test-{number}")
        plug = taking.connector(evse, 1, "IEC_62196_T2", "SOCKET", "AC_3_PHASE", 22)
        plug.tariff = tariff
        plug.save()
    return location


@pytest.fixture
def boss(db, client):
    account = Account.objects.create(username="werke", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


@pytest.fixture
def quick(monkeypatch):
    """Forms are filled in as slowly as people do."""
    monkeypatch.setattr(formguard, "QUICKEST", timedelta(0))


@pytest.fixture
def text():
    """What a page says, without its markup."""

    def read(answer):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    return read
