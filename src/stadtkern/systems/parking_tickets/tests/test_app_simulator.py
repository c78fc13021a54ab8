"""The seven apps of the demo sell through the real interface, and make no parking twice."""

import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from stadtkern.systems.parking_tickets import demo_operators
from stadtkern.systems.parking_tickets.models import (
    Fine,
    Operator,
    Permit,
    Refusal,
    Session,
)
from stadtkern.systems.parking_tickets.tests.conftest import booked

sys.path.insert(0, str(Path(__file__).parents[5]))
from simulators.parking_apps.app import App, surcharge_of
from simulators.parking_apps.cli import made
from simulators.parking_apps.profiles import PROFILES

TURNS = 7


class Asking:
    """The city behind an app, without a wire between."""

    def __init__(self, app: App) -> None:
        self.key, self.client = app.key, Client()

    def __call__(self, method, path, body=None, key=""):
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        answer = self.client.generic(
            method, f"/api/parking_tickets/operator/v1/{path}", json.dumps(body) if body else "",
            content_type="application/json", HTTP_AUTHORIZATION=f"ApiKey {self.key}", **headers,
        )  # fmt: skip
        return answer.status_code, answer.json()


@pytest.fixture
def apps(town, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA", tmp_path)
    Operator.objects.all().delete()
    demo_operators.fill(random.Random(1))
    demo_operators.fill(random.Random(1))
    told = json.loads((tmp_path / demo_operators.FILE).read_text())
    assert (tmp_path / demo_operators.FILE).stat().st_mode & 0o077 == 0
    found = [made(one, "", random.Random(5)) for one in told["parking_apps"]]
    for app in found:
        app.ask = Asking(app)
        app.learn_zones()
    return found


def test_the_demo_has_seven_providers_permits_and_a_fine_that_are_labelled(apps):
    assert len(apps) == len(PROFILES) == Operator.objects.filter(invented=True).count() == 7
    assert Permit.objects.filter(invented=True).count() == 5
    assert Fine.objects.get().invented
    assert all(app.zones == ["4711"] for app in apps)


def test_a_morning_of_seven_apps_books_what_was_parked(apps, later, capsys):
    for turn in range(TURNS):
        now = datetime.now(UTC)
        for number, app in enumerate(apps):
            app.follow(now)
            app.sell(now, f"HER-D {10000 + turn * 10 + number}")
        later(minutes=10)
    later(hours=4)
    for app in apps:
        app.follow(datetime.now(UTC))
    sold, refused = sum(app.sold for app in apps), sum(app.refused for app in apps)
    assert sold + refused == TURNS * 7
    assert Session.objects.count() == sold
    # Mistakes are refused with their reason; so is an extension beyond the longest stay.
    assert Refusal.objects.count() >= refused
    assert "another parking" not in capsys.readouterr().out
    owed = {
        detail: cents for (account, detail), cents in booked().items() if account == "receivable"
    }
    assert sum(owed.values()) == sum(Session.objects.values_list("cents", flat=True))
    assert any(app.surcharges for app in apps)


@pytest.mark.parametrize(
    ("rule", "cents", "more"),
    [({"per_mille": 150, "least_cents": 15}, 50, 15),
     ({"per_mille": 150, "least_cents": 15}, 300, 45),
     ({"flat_cents": 25}, 300, 25), ({"monthly_cents": 249}, 300, 0), ({}, 300, 0)],
)  # fmt: skip
def test_what_an_app_takes_on_top(rule, cents, more):
    assert surcharge_of(rule, cents) == more
