"""How people book, change and cancel online."""

import pytest
from django.core import signing

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.appointments.jobs import erase
from stadtkern.systems.appointments.logic.visits import wish_of
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
FIRST = "mitte@2026-11-09T08:00+01:00"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """The form's stamp is a second old, and that is enough here."""
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))


def test_from_everyday_words_to_a_confirmed_appointment(client, office):
    page = client.get("/termine/?q=perso").content.decode()
    assert "/termine/anliegen/ausweis/" in page
    page = client.get("/termine/anliegen/ausweis/").content.decode()
    assert "Alter Ausweis" in page
    where = journey.choose(client, FIRST)
    assert "08:00" in client.get(where).content.decode()
    summary = journey.fill_in(client, where)
    assert "Erika Muster" in client.get(summary.url).content.decode()
    done = client.post(summary.url)
    page = client.get(done.url).content.decode()
    booking = Booking.objects.get()
    assert booking.state == "booked"
    assert booking.code in page
    assert "Montag, 9. November, 08:00" in page
    file = client.get(f"{done.url}termin.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert b"DTSTART;TZID=Europe/Berlin:20261109T080000" in file.content


def test_every_time_that_is_offered_can_be_booked(client, office):
    offered = list(dict.fromkeys(journey.slots(client, "s=ausweis&d=2026-11-09")))
    # Four hours of six starts, for two counters.
    assert len(offered) == 24
    for number, slot in enumerate(offered):
        answer = client.post("/termine/zeiten/?s=ausweis", {"slot": slot, "form": f"f{number}"})
        assert answer.status_code == 302


def test_a_time_taken_meanwhile_names_the_nearest(client, office):
    for form in ("one", "two"):
        client.post("/termine/zeiten/?s=ausweis", {"slot": FIRST, "form": form})
    late = client.post("/termine/zeiten/?s=ausweis", {"slot": FIRST, "form": "three"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "vergeben" in page
    assert 'value="mitte@2026-11-09T08:10+01:00"' in page


def test_sending_twice_reserves_once_and_another_time_replaces_the_first(client, office):
    journey.choose(client, FIRST)
    journey.choose(client, FIRST)
    assert Booking.objects.filter(state="held").count() == 1
    journey.choose(client, "mitte@2026-11-09T09:00+01:00")
    (held,) = Booking.objects.filter(state="held")
    assert held.begins.isoformat() == "2026-11-09T08:00:00+00:00"


def test_confirming_twice_is_one_appointment(client, office):
    where = journey.choose(client, FIRST)
    summary = journey.fill_in(client, where).url
    assert client.post(summary).url == client.post(summary).url
    assert Booking.objects.filter(state="booked").count() == 1


def test_a_reservation_that_ran_out_still_counts_while_the_time_is_free(client, office, now):
    where = journey.choose(client, FIRST)
    summary = journey.fill_in(client, where).url
    now.later(minutes=11)
    assert "vorbei" in client.get(summary).content.decode()
    client.post(summary)
    assert Booking.objects.get().state == "booked"


def test_a_lost_time_keeps_what_was_typed(client, make_office, make_service, now):
    make_service("ausweis", make_office(counters=1))
    where = journey.choose(client, FIRST)
    summary = journey.fill_in(client, where).url
    now.later(minutes=11)
    client.post("/termine/zeiten/?s=ausweis", {"slot": FIRST, "form": "faster"})
    lost = client.post(summary)
    assert "from=" in lost.url
    page = client.get(lost.url).content.decode()
    assert "ist erhalten" in page
    again = client.post(lost.url, {"slot": "mitte@2026-11-09T09:00+01:00", "form": "again"})
    assert 'value="Erika Muster"' in client.get(again.url).content.decode()


def test_more_time_can_be_had_before_the_reservation_ends(client, office, now):
    where = journey.choose(client, FIRST)
    until = Booking.objects.get().hold_until
    now.later(minutes=8)
    client.post(f"{where}laenger/")
    assert Booking.objects.get().hold_until > until
    now.later(minutes=58)
    client.post(f"{where}laenger/")
    assert "Stunde" in client.get(where).content.decode()


def test_without_mail_and_telephone_nobody_can_be_told(client, office):
    where = journey.choose(client, FIRST)
    answer = journey.fill_in(client, where, email="")
    assert answer.status_code == 422
    assert 'value="Erika Muster"' in answer.content.decode()
    assert journey.fill_in(client, where, email="", phone="02323 16-0").status_code == 302


def test_several_persons_and_concerns_take_longer(client, office, make_service):
    make_service("pass", office, minutes=15, extra_minutes=5, name="Reisepass")
    client.post("/termine/zeiten/?s=ausweis&s=pass&p=3", {"slot": FIRST, "form": "x"})
    held = Booking.objects.get()
    # 10 + 2 * 10, and 15 + 2 * 5.
    assert held.ends - held.begins == journey.minutes(55)
    assert held.properties["services"] == ["ausweis", "pass"]


def test_a_concern_that_no_office_serves_together_says_so(
    client, office, make_office, make_service
):
    make_service("auto", make_office("zulassung", skills=("car",)), skills=["car"], name="Auto")
    page = client.get("/termine/anliegen/ausweis/?s=auto").content.decode()
    assert "zwei Termine" in page
    assert journey.slots(client, "s=ausweis&s=auto") == []


def test_moving_keeps_code_and_link(client, office):
    mine = journey.book(client, FIRST).url
    code = Booking.objects.get().code
    answer = client.post(f"{mine}aendern/", {"slot": "mitte@2026-11-10T09:00+01:00"})
    assert answer.url == mine
    booking = Booking.objects.get()
    assert (booking.code, booking.begins.isoformat()) == (code, "2026-11-10T08:00:00+00:00")
    assert "Dienstag, 10. November, 09:00" in client.get(mine).content.decode()


def test_moving_to_a_taken_time_leaves_everything_as_it_was(client, make_office, make_service):
    make_service("ausweis", make_office(counters=1, most_open=5))
    mine = journey.book(client, FIRST).url
    journey.book(client, "mitte@2026-11-09T08:30+01:00")
    answer = client.post(f"{mine}aendern/", {"slot": "mitte@2026-11-09T08:30+01:00"})
    assert answer.status_code == 409
    assert Booking.objects.filter(state="booked").order_by("begins").first().begins.hour == 7


def test_cancelling_asks_once_and_may_be_repeated(client, office):
    mine = journey.book(client, FIRST).url
    assert client.get(f"{mine}absagen/").status_code == 200
    assert Booking.objects.get().state == "booked"
    for _time in range(2):
        client.post(f"{mine}absagen/")
    assert Booking.objects.get().state == "cancelled"
    assert "abgesagt" in client.get(mine).content.decode()


def test_code_and_name_lead_to_the_appointment(client, office):
    mine = journey.book(client, FIRST).url
    code = Booking.objects.get().code
    assert client.post("/termine/finden/", {"code": code.lower(), "name": "muster"}).url == mine
    wrong = client.post("/termine/finden/", {"code": code, "name": "Schmidt"})
    assert wrong.status_code == 422


def test_guessing_codes_is_stopped(client, office):
    answers = [
        client.post("/termine/finden/", {"code": f"BBBBBBB{n % 8 + 2}", "name": "x"})
        for n in range(16)
    ]
    assert "später" in answers[-1].content.decode()


def test_a_link_of_another_purpose_or_a_broken_one_opens_nothing(client, office):
    mine = journey.book(client, FIRST).url
    token = mine.rstrip("/").rpartition("/")[2]
    assert client.get(f"/termine/angaben/{token}/").status_code == 404
    assert client.get(f"/termine/mein/{token[:-1]}/").status_code == 404


def test_the_earlier_list_offers_what_is_given_up_and_moves_the_appointment(
    client, make_office, make_service
):
    office = make_office(counters=1, most_open=9)
    make_service("ausweis", office)
    first = journey.book(client, FIRST).url
    for slot in journey.slots(client, "s=ausweis&d=2026-11-09"):
        journey.book(client, slot, email=f"{slot[-14:-6]}@example.org".replace(":", ""))
    mine = journey.book(client, "mitte@2026-11-11T10:00+01:00", email="spaet@example.org").url
    client.post(f"{mine}frueher/")
    assert "auf der Liste" in client.get(mine).content.decode()
    client.post(f"{first}absagen/")
    late = Booking.objects.get(email="spaet@example.org", state="booked")
    wish = wish_of(late)
    assert wish.state == "offered"
    assert wish.offer.begins.isoformat() == "2026-11-09T07:00:00+00:00"


def test_both_days_of_the_change_of_clocks_offer_each_time_once(
    client, make_office, make_service, now
):
    make_service("ausweis", make_office(days="mo-su"))
    for day, offset in (("2027-03-28", "+02:00"), ("2026-10-25", "+01:00")):
        now.at = now.at.fromisoformat(f"{day}T00:30:00+0{1 if '03' in day else 2}:00")
        offered = list(dict.fromkeys(journey.slots(client, f"s=ausweis&d={day}")))
        mine = [slot for slot in offered if f"@{day}" in slot]
        assert len(mine) == 24
        assert mine[0] == f"mitte@{day}T08:00{offset}"


def test_the_page_of_times_takes_the_same_number_of_queries(
    client, make_office, make_service, django_assert_max_num_queries
):
    offices = [make_office(f"amt{n}") for n in range(6)]
    make_service("ausweis", *offices)
    for number in range(3):
        slot = f"amt{number}@2026-11-09T08:00+01:00"
        client.post("/termine/zeiten/?s=ausweis", {"slot": slot, "form": f"f{number}"})
    with django_assert_max_num_queries(14):
        page = client.get("/termine/zeiten/?s=ausweis").content.decode()
    assert page.count("<legend>") >= 6


def test_english_pages_speak_english(client, office):
    page = client.get("/en/appointments/anliegen/ausweis/").content.decode()
    assert "Identity card" in page
    assert "What to bring" in page


def test_a_robot_that_fills_the_trap_is_refused(client, office):
    where = journey.choose(client, FIRST)
    answer = journey.fill_in(client, where, website="http://spam.example")
    assert answer.status_code == 422
    assert Booking.objects.get().name == ""


def test_stamps_are_signed(client, office):
    assert signing.TimestampSigner(salt="stadtkern.form").unsign(formguard.stamp()) == "form"


def test_what_was_erased_shows_no_name(client, office, now):
    mine = journey.book(client, FIRST).url
    changes.finish(Booking.objects.get())
    now.later(days=31)
    assert erase(now.at) == 1
    booking = Booking.objects.get()
    assert (booking.name, booking.email) == ("", "")
    assert booking.properties["services"] == ["ausweis"]
    assert client.get(mine).status_code == 404
