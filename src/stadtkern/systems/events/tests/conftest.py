"""Events as a test needs them, and people who may write or publish them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.events import schedule
from stadtkern.systems.events.models import Event

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def on(db):
    """A function that makes a public event with its dates."""

    def make(title="Konzert", begins="2026-12-01T19:00", ends="2026-12-01T21:00", **told):
        facts = {"slug": f"e{Event.objects.count()}", "state": "public", **told}
        event = Event.objects.create(
            title=title, begins=datetime.fromisoformat(begins).replace(tzinfo=BERLIN),
            ends=datetime.fromisoformat(ends).replace(tzinfo=BERLIN), **facts,
        )  # fmt: skip
        schedule.lay_out(event)
        return event

    return make


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in who has this role of the events."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"events.{role}"))
        client.force_login(person)
        return client

    return sign_in
