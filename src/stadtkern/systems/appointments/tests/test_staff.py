"""How clerks book, and how offices are planned."""

from datetime import date, timedelta

import pytest

from stadtkern.kernel import formguard
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.models import Absence, Booking, Calendar, Closure, Rule, Unit
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.appointments.logic import freed, letters
from stadtkern.systems.appointments.models import Delay, MailRule, Office, Service
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
EIGHT = "mitte@2026-11-09T08:00+01:00"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))


BOOK = "/staff/appointments/office/mitte/book/?s=ausweis&d=2026-11-09"


def booked(client, slot=EIGHT, audience="phone", **said):
    """A clerk books by telephone."""
    told = {"slot": slot, "name": "Erika Muster", "email": "erika@example.org", "note": "",
            "phone": "", **said}  # fmt: skip
    return client.post(f"{BOOK}&a={audience}", told)


def test_a_clerk_books_moves_and_cancels_and_all_of_it_is_recorded(signed_in, client, office):
    signed_in("clerk")
    page = client.get("/staff/appointments/office/mitte/book/?s=ausweis").content.decode()
    assert EIGHT in page
    where = booked(client).url
    assert "Erika Muster" in client.get(where).content.decode()
    client.post(f"{where}do/", {"do": "note", "note": "Rollstuhl"})
    client.post(f"{where}move/", {"slot": "mitte@2026-11-10T09:00+01:00", "why": ""})
    client.post(f"{where}do/", {"do": "cancel", "reason": "auf Wunsch"})
    booking = Booking.objects.get()
    assert (booking.state, booking.audience, booking.note) == ("cancelled", "internal", "Rollstuhl")
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    deeds = ["book", "look", "note", "move", "cancel"]
    assert [verb for verb in verbs if verb.startswith("appointments.")] == [
        f"appointments.{deed}" for deed in deeds
    ]


def test_the_public_quota_leaves_counters_for_telephone_and_counter(
    signed_in, client, make_office, make_service
):
    make_service("ausweis", make_office(counters=2, public=1))
    journey.choose(client, EIGHT)
    assert EIGHT not in journey.slots(client, "s=ausweis&d=2026-11-09")
    signed_in("clerk")
    assert booked(client).status_code == 302
    full = booked(client)
    assert full.status_code == 409
    assert "Erika Muster" in full.content.decode()


def test_the_telephone_has_a_share_of_its_own_and_the_counter_all_of_it(
    signed_in, client, make_office, make_service
):
    make_service("ausweis", make_office(counters=3, public=1, phone=1))
    signed_in("clerk")
    assert booked(client).status_code == 302
    assert EIGHT not in client.get(f"{BOOK}&a=phone").content.decode()
    assert booked(client).status_code == 409
    assert EIGHT in client.get(f"{BOOK}&a=internal").content.decode()
    assert booked(client, audience="internal").status_code == 302
    journey.choose(client, EIGHT)
    assert Booking.objects.filter(state__in=("held", "booked")).count() == 3


def test_the_day_shows_who_comes_to_which_counter(
    signed_in, client, office, django_assert_max_num_queries
):
    signed_in("clerk")
    booked(client)
    booked(client)
    where = "/staff/appointments/office/mitte/?d=2026-11-09"
    with django_assert_max_num_queries(14):
        page = client.get(where).content.decode()
    assert page.count("Erika Muster") == 2
    assert "Platz 1" in page
    # Four hours in steps of ten minutes.
    assert page.count('<th scope="row">') == 24
    booked(client, "mitte@2026-11-09T11:40+01:00")
    with django_assert_max_num_queries(14):
        client.get(where)


def test_closing_moves_those_concerned_and_writes_to_them(
    signed_in, client, office, django_capture_on_commit_callbacks
):
    signed_in("manager")
    for number, slot in enumerate((EIGHT, EIGHT, "mitte@2026-11-09T08:10+01:00")):
        booked(client, slot, email=f"p{number}@example.org")
    answer = client.post("/staff/appointments/office/mitte/closures/", {
        "kind": "closed", "first": "2026-11-09", "last": "2026-11-09", "reason": "Wasserschaden",
    })  # fmt: skip
    assert answer.url.endswith("/concerned/")
    page = client.get(answer.url).content.decode()
    assert page.count("Dienstag, 10. November, 08:00") == 2
    assert page.count("Dienstag, 10. November, 08:10") == 1
    numbers = list(Booking.objects.values_list("pk", flat=True))
    client.post(answer.url, {"booking": numbers, "why": "Wasserschaden"})
    moved = Booking.objects.filter(state="booked")
    assert {one.begins.date() for one in moved} == {date(2026, 11, 10)}
    one = moved.first()
    letters.write("moved", one)
    letter = Letter.objects.get(key__startswith=f"appointments.moved:{one.pk}")
    assert "Wasserschaden" in letter.text
    assert "/termine/mein/" in letter.text
    assert "Alle Termine können stattfinden" in client.get(answer.url).content.decode()


def test_a_counter_that_is_away_concerns_only_its_own_people(signed_in, client, office):
    signed_in("manager")
    booked(client)
    booked(client)
    unit = Booking.objects.first().occupancies.get().unit
    client.post("/staff/appointments/office/mitte/closures/", {
        "kind": "away", "unit": unit.pk, "first": "2026-11-09", "begins": "08:00",
        "last": "2026-11-09", "ends": "09:00", "reason": "krank",
    })  # fmt: skip
    page = client.get("/staff/appointments/office/mitte/concerned/").content.decode()
    assert page.count('name="booking"') == 1
    absence = Absence.objects.get()
    client.post("/staff/appointments/office/mitte/closures/", {"remove": f"absence:{absence.pk}"})
    assert not Absence.objects.exists()


def test_a_wrong_span_is_named_and_kept(signed_in, client, office):
    signed_in("manager")
    answer = client.post("/staff/appointments/office/mitte/closures/", {
        "kind": "away", "first": "2026-11-10", "last": "2026-11-09", "reason": "Urlaub",
    })  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ende liegt vor dem Beginn" in page
    assert "nennen Sie den Schalter" in page
    assert not Closure.objects.exists()


def test_a_rule_of_the_last_friday_opens_only_that_one(signed_in, client, office):
    signed_in("manager")
    where = "/staff/appointments/office/mitte/hours/"
    rule = {"do": "rule", "weekdays": ["5"], "begins": "14:00", "ends": "16:00", "capacity": "",
            "valid_from": "2026-11-09", "every_weeks": "1", "week_of_month": "5",
            "public_capacity": "1", "valid_until": "", "note": ""}  # fmt: skip
    assert client.post(where, rule).status_code == 302
    assert (
        "14:00–16:00" in client.get(f"{where}?d=2026-11-27").content.decode().split("<h2>Regeln")[0]
    )
    before = client.get(f"{where}?d=2026-11-20").content.decode().split("<h2>Regeln")[0]
    assert "14:00–16:00" not in before
    wrong = client.post(where, {**rule, "begins": "14:03"})
    assert wrong.status_code == 422
    assert "fünf Minuten" in wrong.content.decode()
    made = Rule.objects.get(week_of_month=5)
    client.post(where, {"do": "end", "rule": made.pk})
    assert not Rule.objects.filter(pk=made.pk, valid_until=None).exists()


def test_an_office_is_made_with_hours_counters_and_a_concern(signed_in, client, now):
    signed_in("manager")
    new = {"name": "Standesamt", "slug": "standesamt", "street": "Am Markt 1", "active": "on",
           "most_open": 2, "hold_minutes": 10, "freed_minutes": 0, "weight": 50}  # fmt: skip
    hours = client.post("/staff/appointments/office/new/", new).url
    assert hours == "/staff/appointments/office/standesamt/hours/"
    client.post(hours, {"do": "rule", "weekdays": ["1"], "begins": "08:00", "ends": "09:00",
                        "valid_from": "2026-11-09", "every_weeks": "1"})  # fmt: skip
    client.post("/staff/appointments/office/standesamt/counters/", {"do": "add"})
    office = Office.objects.get()
    made = {"name": "Urkunde", "slug": "urkunde", "situation": "family", "minutes": 30,
            "extra_minutes": 0, "most_persons": 1, "skills": "", "active": "on", "weight": 50,
            f"at-{office.pk}": "on", f"online-{office.pk}": "on"}  # fmt: skip
    assert client.post("/staff/appointments/services/new/", made).status_code == 302
    assert Unit.objects.get().name == "Schalter 1"
    assert len(journey.slots(client, "s=urkunde")) > 0
    wrong = client.post("/staff/appointments/services/new/", {**made, "slug": "b", "fee_cents": 10})
    assert "Gesetz" in wrong.content.decode()
    assert Service.objects.count() == 1
    assert Calendar.objects.get().zone == "Europe/Berlin"


def test_the_search_finds_by_name_code_and_mail(
    signed_in, client, office, django_assert_max_num_queries
):
    signed_in("clerk")
    booked(client)
    booked(client, email="andere@example.org", name="Otto Probe")
    code = Booking.objects.get(name="Otto Probe").code
    for words in ("otto", code.lower(), "andere@"):
        with django_assert_max_num_queries(14):
            page = client.get("/staff/appointments/search/", {"q": words}).content.decode()
        assert "Otto Probe" in page
        assert "Erika Muster" not in page
    assert "Kein Termin passt" in client.get("/staff/appointments/search/?q=xyz").content.decode()


def test_a_follow_up_is_the_same_persons(signed_in, client, office):
    signed_in("clerk")
    where = booked(client).url
    first = Booking.objects.get()
    page = client.get(f"/staff/appointments/office/mitte/book/?s=ausweis&follows={first.pk}")
    assert 'value="Erika Muster"' in page.content.decode()
    told = {"slot": "mitte@2026-11-10T08:00+01:00", "name": "Erika Muster"}
    client.post(f"{BOOK}&a=internal&follows={first.pk}", told)
    assert Booking.objects.get(follows=first).begins.day == 10
    assert where


def test_the_search_is_a_table_too_and_its_download_is_on_record(signed_in, client, office):
    signed_in("clerk")
    booked(client, name="=1+1")
    booked(client, slot="mitte@2026-11-10T09:00+01:00", name="Max Muster")
    answer = client.get("/staff/appointments/search.csv?q=Muster")
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert "Max Muster" in lines[1]
    assert ";'=1+1;" in client.get("/staff/appointments/search.csv").content.decode()
    assert Entry.objects.filter(verb="appointments.export").count() == 2


def test_staff_can_book_what_is_kept_from_the_public_for_a_while(
    signed_in, client, make_office, make_service, now
):
    make_service("ausweis", make_office(counters=1, freed_minutes=20))
    slot = "mitte@2026-11-10T08:00+01:00"
    mine = journey.book(client, slot).url
    client.post(f"{mine}absagen/")
    assert slot not in journey.slots(client, "s=ausweis&d=2026-11-10")
    signed_in("clerk")
    assert booked(client, slot).status_code == 302


def test_who_may_only_see_changes_nothing(signed_in, client, office):
    signed_in("clerk")
    assert client.get("/staff/appointments/office/mitte/hours/").status_code == 403
    assert client.get("/staff/appointments/mail-rules/").status_code == 403
    client.logout()
    assert client.get("/staff/appointments/").status_code == 302


def test_one_mailbox_has_so_many_appointments_and_no_more(client, make_office, make_service):
    make_service("ausweis", make_office(most_open=2, counters=5))
    for number in range(2):
        journey.book(client, f"mitte@2026-11-1{number}T08:00+01:00")
    where = journey.choose(client, "mitte@2026-11-12T08:00+01:00")
    summary = journey.fill_in(client, where, email="ERIKA@example.org")
    third = client.post(summary.url)
    assert third.status_code == 409
    assert "2 offene Termine" in third.content.decode()
    assert Booking.objects.filter(state="booked").count() == 2
    MailRule.objects.create(pattern="@example.org", verdict="free")
    assert client.post(summary.url).status_code == 302


def test_a_blocked_domain_cannot_book_online(signed_in, client, office):
    signed_in("manager")
    client.post("/staff/appointments/mail-rules/", {"pattern": "@Weg.example", "verdict": "block"})
    where = journey.choose(client, EIGHT)
    answer = journey.fill_in(client, where, email="x@weg.example")
    assert answer.status_code == 422
    assert journey.fill_in(client, where, email="x@hier.example").status_code == 302


def test_a_cancelled_slot_is_free_a_little_later(client, make_office, make_service, now):
    make_service("ausweis", make_office(counters=1, freed_minutes=20))
    slot = "mitte@2026-11-10T08:00+01:00"
    mine = journey.book(client, slot).url
    client.post(f"{mine}absagen/")
    assert slot not in journey.slots(client, "s=ausweis&d=2026-11-10")
    assert Delay.objects.get().until <= now.at + timedelta(minutes=20)
    now.later(minutes=21)
    assert freed.release() == 1
    assert slot in journey.slots(client, "s=ausweis&d=2026-11-10")
