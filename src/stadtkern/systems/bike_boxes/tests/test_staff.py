"""The operator's pages, who may do what there, and what is forgotten in time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.bike_boxes import erasing, jobs
from stadtkern.systems.bike_boxes.logic import availability, boxes, ending
from stadtkern.systems.bike_boxes.models import (
    Access,
    Box,
    Command,
    DoorEvent,
    Rescue,
    Trouble,
)
from stadtkern.systems.bike_boxes.staff.usage import used

PAGES = ("", "bookings/", "rescues/", "waiting/", "prices/", "prices/day/", "partners/", "cards/",
         "usage/", "zob/1/")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_staff_and_nobody_else(station, client, path):
    access = station.rented(box=station.boxes[0])
    assert client.get(f"/staff/bike_boxes/{path}").status_code == 302
    someone = Account.objects.create(username="x", is_staff=True)
    client.force_login(someone)
    assert client.get(f"/staff/bike_boxes/{path}").status_code == 403
    someone.is_superuser = True
    someone.save()
    page = client.get(f"/staff/bike_boxes/{path}")
    assert page.status_code == 200
    assert "rad@example.org" not in page.content.decode()
    booking = client.get(reverse("bike_boxes-staff:booking", args=[access.booking.public_id]))
    assert "rad@example.org" in booking.content.decode()


def test_seeing_is_not_opening(station, client):
    role = Role.objects.create(slug="looks", title="Looks", permissions=["bike_boxes.see"])
    someone = Account.objects.create(username="x", is_staff=True)
    someone.roles.add(role)
    client.force_login(someone)
    client.post("/staff/bike_boxes/zob/1/do/", {"do": "open", "reason": "curious"})
    client.post("/staff/bike_boxes/zob/1/do/", {"do": "state", "state": "defect"})
    assert not Command.objects.exists()
    assert Box.objects.get(number=1).state == "ok"


def test_opening_needs_a_reason_that_is_kept(station, client, boss):
    url = "/staff/bike_boxes/zob/1/do/"
    assert client.post(url, {"do": "open", "reason": ""}).status_code == 422
    assert client.post(url, {"do": "open", "reason": "Schloss prüfen"}).status_code == 302
    assert Command.objects.get().by == f"account:{boss.pk}"
    assert Entry.objects.get(verb="bike_boxes.open").details == {"reason": "Schloss prüfen"}


def test_a_defect_box_is_not_sold_and_its_rental_moves(station, client, boss):
    access = station.rented(box=station.boxes[0])
    url = "/staff/bike_boxes/zob/1/do/"
    page = client.post(url, {"do": "state", "state": "defect", "note": "Tür"}, follow=True)
    assert "1 Mieten haben diese Box" in page.content.decode()
    client.post(url, {"do": "move", "access": access.public_id})
    access.refresh_from_db()
    assert access.box.number == 2
    assert availability.now_free()[0].free == 0
    client.post(url, {"do": "state", "state": "ok"})
    assert availability.now_free()[0].free == 1


def test_the_wall_shows_the_most_urgent(station, clock):
    one, two = station.boxes
    station.rented(box=one)
    Trouble.objects.create(box=two, kind="forced")
    states = {wall.box.number: wall.state for wall in boxes.wall([station.facility])}
    assert states == {1: "booked", 2: "forced"}
    Rescue.objects.create(booking=Access.objects.get().booking, box=one, since=clock_now())
    states = {wall.box.number: wall.state for wall in boxes.wall([station.facility])}
    assert states[1] == "overdue"


def clock_now():
    from stadtkern.kernel import clock

    return clock.now()


def test_the_wall_asks_as_often_for_forty_boxes(station, django_assert_num_queries):
    with django_assert_num_queries(5):
        boxes.wall([station.facility])


def test_usage_is_the_share_of_hours(station, later):
    access = station.rented()
    later(hours=3)
    ending.end(access, by="renter")
    day = station.order().first
    (place,) = used(day, day)
    assert place.days[0][1] == pytest.approx(3 / 48, abs=0.001)


def test_a_new_key_ends_the_one_before(station, client, boss):
    page = client.post("/staff/bike_boxes/partners/", {"name": "Portal", "slug": "portal"})
    first = page.content.decode().partition('<pre class="command">')[2].partition("<")[0]
    said = {"HTTP_AUTHORIZATION": f"Bearer {first}"}
    assert client.get("/api/bike_boxes/availability", **said).status_code == 200
    client.post("/staff/bike_boxes/partners/1/key/", {"do": "new"})
    from stadtkern.systems.bike_boxes.models import Partner

    client.post(reverse("bike_boxes-staff:partner-key", args=[Partner.objects.get().pk]),
                {"do": "new"})  # fmt: skip
    assert client.get("/api/bike_boxes/availability", **said).status_code == 401


def test_contact_data_are_erased_and_figures_stay(station, later):
    access = station.rented()
    DoorEvent.objects.create(facility=station.facility, box=access.box, kind="opened", boot="b",
                             sequence=1, at=clock_now(), booking=access.booking)  # fmt: skip
    later(days=2)
    jobs.look_after()
    later(days=95)
    assert erasing.rentals(clock_now() - timedelta(days=90)) == 1
    erasing.door_events(clock_now() - timedelta(days=30))
    booking = Booking.objects.get()
    assert (booking.email, booking.name) == ("", "")
    assert booking.properties["product"] == "day"
    assert booking.properties["cents"] == 100
    assert "card_digest" not in booking.properties
    assert not DoorEvent.objects.exists()
    assert Access.objects.get().pin_sealed is None


def test_what_staff_do_is_recorded_in_words_that_the_log_knows(station, client, boss):
    client.post("/staff/bike_boxes/prices/day/", {
        "name": "1 Tag", "cents": "120", "tax_rate": "190", "refund": "none", "active": "on",
    })  # fmt: skip
    entry = Entry.objects.get(verb="bike_boxes.price")
    assert entry.details == {"before": 100, "after": 120}
