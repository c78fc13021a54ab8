"""A clerk of one office sees, books and calls there and nowhere else, unless given more."""

import pytest

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.appointments.logic import queue_desk
from stadtkern.systems.appointments.logic.whose import offices_of
from stadtkern.systems.appointments.models import Clerk, Desk, Hall, Queue
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
STAFF = "/staff/appointments"


@pytest.fixture
def town(make_office, make_service, client, monkeypatch):
    """Two offices with an appointment each; the clerk works in the first one."""
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))
    hers, other = make_office("mitte"), make_office("wanne")
    make_service("ausweis", hers, other)
    for office in (hers, other):
        journey.choose(client, f"{office.slug}@2026-11-09T08:00+01:00")
    Booking.objects.update(state="booked", hold_until=None, name="Erika Muster")
    hall = Hall.objects.create(name="Rathaus")
    for letter, office in zip("MW", (hers, other), strict=True):
        Queue.objects.create(hall=hall, office=office, letter=letter)
    roles.sync()
    return hers, other


@pytest.fixture
def clerk(town, client):
    account = Account.objects.create(username="clerk", is_staff=True)
    account.roles.add(Role.objects.get(slug="appointments.clerk"))
    Clerk.objects.create(office=town[0], account=account)
    client.force_login(account)
    return account


def visit(office):
    return Booking.objects.get(resource=office.resource)


def test_the_pages_of_other_offices_are_not_there(town, clerk, client):
    hers, other = town
    for path in ("office/{}/", "office/{}/book/?s=ausweis"):
        assert client.get(f"{STAFF}/{path.format(hers.slug)}").status_code == 200
        assert client.get(f"{STAFF}/{path.format(other.slug)}").status_code == 404
    theirs = visit(other)
    assert client.get(f"{STAFF}/visit/{visit(hers).pk}/").status_code == 200
    assert client.get(f"{STAFF}/visit/{theirs.pk}/").status_code == 404
    assert client.post(f"{STAFF}/visit/{theirs.pk}/do/", {"do": "cancel"}).status_code == 404
    assert client.get(f"{STAFF}/visit/{theirs.pk}/move/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "booked"


def test_lists_searches_and_files_know_only_her_office(town, clerk, client):
    hers, other = town
    for path in ("/", "/search/?q=Erika", f"/search/?office={other.slug}", "/search.csv"):
        page = client.get(STAFF + path).content.decode()
        assert visit(other).code not in page
        assert f"/office/{other.slug}/" not in page
    assert visit(hers).code in client.get(f"{STAFF}/search.csv").content.decode("utf-8-sig")
    moved = client.get(f"{STAFF}/visit/{visit(hers).pk}/move/").content.decode()
    assert "mitte@" in moved
    assert "wanne@" not in moved


def test_she_sits_and_calls_only_in_her_office(town, clerk, client):
    hers, other = town
    seat, theirs = (one.resource.units.order_by("number").first() for one in (hers, other))
    choice = client.get(f"{STAFF}/desk/").content.decode()
    assert hers.title in choice
    assert other.title not in choice
    assert client.post(f"{STAFF}/desk/sit/", {"counter": theirs.pk}).status_code == 404
    client.post(f"{STAFF}/desk/sit/", {"counter": seat.pk})
    assert Desk.objects.get(account=clerk).counter == seat
    said = client.post(f"{STAFF}/desk/check-in/", {"code": visit(other).code}, follow=True)
    assert not Queue.objects.get(office=other).entries.exists()
    assert said.status_code == 200


def test_who_is_taken_out_of_an_office_calls_nobody_there_any_more(town, clerk, client):
    seat = town[0].resource.units.order_by("number").first()
    queue_desk.sign_in(clerk, seat)
    Clerk.objects.all().delete()
    deed = client.post(f"{STAFF}/desk/do/", {"verb": "next", "key": "12345678"}, follow=True)
    assert "noch in keinem Amt" in deed.content.decode()


def test_who_plans_appointments_works_in_all_offices(town, clerk):
    assert list(offices_of(clerk)) == [town[0]]
    clerk.roles.add(Role.objects.get(slug="appointments.manager"))
    assert set(offices_of(Account.objects.get(pk=clerk.pk))) == set(town)
