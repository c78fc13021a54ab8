"""Meetings as a test needs them."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Place
from stadtkern.systems.esports import meetings
from stadtkern.systems.esports.models import Meeting
from stadtkern.systems.esports.signing_up import Entry


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def meeting(db):
    """A function that makes a meeting three days ahead."""

    def make(seats=4, rating=12, state="open", **told):
        place, _new = Place.objects.get_or_create(kind="esports.centre", name="Zentrum")
        begins = clock.now() + timedelta(days=3)
        made = Meeting(**{"slug": f"m{Meeting.objects.count()}", "title": "Abend", "place": place,
                          "begins": begins, "ends": begins + timedelta(hours=3), "game": "Kart",
                          "rating": rating, "seats": seats, "state": state, **told})  # fmt: skip
        return meetings.save("test", made)

    return make


@pytest.fixture
def entry():
    """A function that says who somebody is: an adult, unless told otherwise."""

    def make(nickname="Lumi", **told):
        return Entry(**{"nickname": nickname, "email": f"{nickname}@example.org",
                        "birth_year": clock.now().year - 20, **told})  # fmt: skip

    return make


@pytest.fixture
def referee(client, db):
    """Somebody who runs the evening is signed in."""
    roles.sync()
    person = Account.objects.create(username="referee", is_staff=True)
    person.roles.add(Role.objects.get(slug="esports.referee"))
    client.force_login(person)
    return client
