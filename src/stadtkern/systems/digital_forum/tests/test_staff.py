"""The staff's day: who comes, who waits, how it ended, what is counted."""

import pytest
from django.test import Client

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.systems.digital_forum.logic import booking, visits
from stadtkern.systems.digital_forum.models import Screen, Visit
from stadtkern.systems.digital_forum.tests.conftest import signed_in

STAFF = "/staff/digital_forum"


@pytest.fixture
def booked(forum, clock):
    slot = booking.free(booking.OFFERS[0])[0]
    return booking.book(booking.OFFERS[0], slot.begins, Person(name="Ada"), "benefits", key="k")


def test_somebody_with_a_booking_arrives_is_helped_and_leaves(desk, booked, clock):
    assert "Ada" in desk.get(f"{STAFF}/").content.decode()
    for _twice in range(2):
        desk.post(f"{STAFF}/arrive/{booked.pk}/")
    visit = Visit.objects.get()
    assert visit.reason == "benefits"
    desk.post(f"{STAFF}/visit/{visit.pk}/", {"do": "begin"})
    desk.post(f"{STAFF}/visit/{visit.pk}/", {"do": "finish", "digital": "partly"})
    visit.refresh_from_db()
    # Where it stopped is asked for where it did not work out.
    assert visit.state == "here"
    said = {"do": "finish", "digital": "partly", "stopped": "documents"}
    desk.post(f"{STAFF}/visit/{visit.pk}/", said)
    visit.refresh_from_db()
    assert (visit.state, visit.digital, visit.stopped) == ("done", "partly", "documents")
    assert Booking.objects.get().state == "finished"
    assert Entry.objects.filter(verb="digital_forum.finish").exists()


def test_somebody_without_a_booking_waits_and_may_leave(desk, forum):
    desk.post(f"{STAFF}/walk-in/", {"name": "Bernd", "reason": "print"})
    assert "Bernd" in desk.get(f"{STAFF}/").content.decode()
    desk.post(f"{STAFF}/visit/{Visit.objects.get().pk}/", {"do": "leave"})
    assert Visit.objects.get().state == "left"
    bad = desk.post(f"{STAFF}/walk-in/", {"name": "Bernd", "reason": "nonsense"})
    assert bad.status_code == 422


def test_figures_count_what_ended_and_say_the_share_online(desk, forum, helper, clock):
    for digital, stopped in (("yes", ""), ("yes", ""), ("yes", ""), ("no", "level")):
        one = visits.walk_in("", "apply", by=helper)
        visits.finish(one.pk, digital, stopped, by=helper)
    page = desk.get(f"{STAFF}/figures/").content.decode()
    assert "75 %" in page
    assert "Nachweis der Identität" in page
    csv = desk.get(f"{STAFF}/figures.csv").content.decode()
    assert "reason;apply;;4" in csv
    assert "stopped;level;;1" in csv


def test_the_day_asks_a_fixed_number_of_questions(
    desk, booked, helper, django_assert_max_num_queries
):  # fmt: skip
    for _one in range(12):
        visits.walk_in("X", "other", by=helper)
    with django_assert_max_num_queries(16):
        desk.get(f"{STAFF}/")


def test_another_day_and_nonsense_days_are_shown(desk, booked):
    assert desk.get(f"{STAFF}/", {"d": "2026-03-03"}).status_code == 200
    for day in ("2026-02-31", "x", "٣"):
        assert desk.get(f"{STAFF}/", {"d": day}).status_code == 200


def test_screens_are_set_up_by_who_leads_the_forum(desk, manager, forum):
    assert desk.get(f"{STAFF}/screens/").status_code == 403
    lead = signed_in(manager)
    lead.post(f"{STAFF}/screens/", {"name": "Bildschirm 9"})
    one = Screen.objects.get()
    assert one.token in lead.get(f"{STAFF}/screens/").content.decode()
    assert lead.post(f"{STAFF}/screens/", {"name": "Bildschirm 9"}).status_code == 422
    lead.post(f"{STAFF}/screens/{one.pk}/", {"do": "renew"})
    assert Screen.objects.get().token != one.token
    lead.post(f"{STAFF}/screens/{one.pk}/", {"do": "switch"})
    assert not Screen.objects.get().active


@pytest.mark.parametrize("path", ["", "assist/", "screens/", "figures/", "figures.csv"])
def test_staff_pages_are_for_staff(path, db):
    assert Client().get(f"{STAFF}/{path}").status_code == 302
