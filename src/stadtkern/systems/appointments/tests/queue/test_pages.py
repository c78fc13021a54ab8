"""Kiosk, display, place and desk over HTTP, as visitors and clerks use them."""

import re

import pytest
from django.urls import reverse

from stadtkern.kernel.bookings.models import Unit
from stadtkern.systems.appointments.logic import queue_calls, queue_desk, queue_entry
from stadtkern.systems.appointments.models import Call, Desk, Hall, Queue, QueueEntry
from stadtkern.systems.appointments.pages.queue import kiosk as kiosk_pages

DESK = "/staff/appointments/desk/"


@pytest.fixture
def kiosk(town):
    return f"/termine/empfang/{town.hall.kiosk_token}/"


@pytest.fixture
def display(town):
    return f"/termine/anzeige/{town.hall.token}/"


def draw(client, kiosk, town, **said):
    told = {"concern": f"{town.queue.pk}.{town.card.slug}", "persons": "1", "key": "k1", **said}
    return client.post(kiosk + "nummer/", told)


def deed(client, verb, **said):
    key = f"{verb}-{said.get('call', 0)}-{Call.objects.count()}-key"
    return client.post(DESK + "do/", {"verb": verb, "key": key, **said}, follow=True)


def test_a_visitor_draws_a_number_and_sees_the_place(client, town, time, kiosk, sits):
    sits()
    answer = draw(client, kiosk, town, persons="2")
    ticket = client.get(answer["Location"]).content.decode()
    assert "E 001" in ticket
    assert "<svg" in ticket
    assert draw(client, kiosk, town)["Location"] == answer["Location"]
    place = client.get(re.search(r"/termine/warten/[\w-]+/", ticket)[0]).content.decode()
    assert "Sie sind als Nächstes dran" in place
    assert "Personalausweis" not in place


def test_who_has_an_appointment_types_the_code_and_is_told_what_is_wrong(
    client, town, time, kiosk, booked
):
    wrong = client.post(kiosk + "termin/", {"code": "BCDFGHJK"})
    assert wrong.status_code == 422
    assert "finden wir keinen Termin" in wrong.content.decode()
    assert 'value="BCDFGHJK"' in wrong.content.decode()
    right = client.post(kiosk + "termin/", {"code": booked(10).code.lower()}, follow=True)
    assert "Ihr Termin ist um 10:10 Uhr" in right.content.decode()
    late = client.post(kiosk + "termin/", {"code": booked(-30).code}, follow=True)
    assert "Die Zeit Ihres Termins ist vorbei" in late.content.decode()


def test_the_display_names_numbers_and_counters_and_nobody(
    client, town, time, display, sits, booked
):
    counter = sits()
    booking = booked(0)
    queue_entry.check_in(booking)
    queue_calls.call_next(counter)
    shown = client.get(display).content.decode()
    assert "E 001" in shown
    assert "Schalter 1" in shown
    assert booking.name not in shown
    assert booking.code not in shown
    assert "Personalausweis" not in shown


def test_the_health_office_names_no_concern_on_the_ticket(client, town, time, kiosk):
    said = {"concern": f"{town.other.pk}.beratung"}
    ticket = client.get(draw(client, kiosk, town, **said)["Location"]).content.decode()
    assert "HIV" not in ticket
    assert "Gesundheitsamt" in ticket


def test_a_used_up_contingent_is_said_at_the_kiosk(client, town, time, kiosk):
    for number in range(5):
        assert draw(client, kiosk, town, key=f"k{number}").status_code == 302
    full = draw(client, kiosk, town, key="k9")
    assert full.status_code == 422
    assert "Alle Nummern für heute sind vergeben" in full.content.decode()


def test_kiosk_and_display_are_not_found_by_guessing_or_each_others_key(client, town):
    assert client.get(f"/termine/empfang/{town.hall.token}/").status_code == 404
    assert client.get(f"/termine/anzeige/{town.hall.kiosk_token}/").status_code == 404
    assert client.get("/termine/warten/x/").status_code == 404


def test_a_clerk_serves_somebody_from_sign_in_to_finish(signed_in, town, time, booked):
    client = signed_in()
    booking = booked(0)
    queue_entry.check_in(booking)
    assert "Schalter 1" in client.get(DESK).content.decode()
    client.post(DESK + "sit/", {"counter": town.counters[0].pk})
    called = deed(client, "next").content.decode()
    assert "Erika Muster" in called
    assert "Passfoto" in called
    call = Call.objects.get()
    deed(client, "serve", call=call.pk)
    time.later(minutes=7)
    done = deed(client, "finish", call=call.pk).content.decode()
    assert "Niemand am Schalter" in done
    booking.refresh_from_db()
    assert booking.state == "finished"
    again = deed(client, "again", call=call.pk).content.decode()
    assert "inzwischen geändert" in again


def test_a_walk_in_is_taken_straight_and_another_gets_a_number(signed_in, town, time):
    client = signed_in()
    client.post(DESK + "sit/", {"counter": town.counters[0].pk})
    said = {"queue": town.queue.pk, "service": town.card.pk, "priority": "3"}
    client.post(DESK + "number/", {**said, "key": "a", "straight": "1"})
    client.post(DESK + "number/", {**said, "key": "b", "priority": "1"})
    states = list(QueueEntry.objects.order_by("number").values_list("state", "priority"))
    assert states == [("serving", 3), ("waiting", 1)]


def test_forwarding_parking_and_help_work_from_the_page(signed_in, town, time):
    client = signed_in()
    client.post(DESK + "sit/", {"counter": town.counters[0].pk})
    queue_entry.walk_in(town.queue, None)
    deed(client, "next")
    deed(client, "forward", call=Call.objects.get().pk, to=f"counter:{town.counters[1].pk}")
    assert QueueEntry.objects.get().target == town.counters[1]
    deed(client, "alarm")
    assert "Hilfe gebraucht" in client.get(DESK).content.decode()
    deed(client, "calm", to=f"counter:{town.counters[0].pk}")
    assert Desk.objects.get().alarm is None
    assert deed(client, "unknown").status_code == 404


def test_the_desk_is_only_for_those_who_may_call(client, signed_in, town):
    assert client.get(DESK).status_code == 302
    member = signed_in()
    assert member.get("/staff/appointments/halls/").status_code == 403
    assert member.get("/staff/appointments/figures/").status_code == 403


def test_the_desk_asks_as_many_questions_for_twelve_as_for_two(
    signed_in, town, time, django_assert_max_num_queries
):
    client = signed_in()
    client.post(DESK + "sit/", {"counter": town.counters[0].pk})
    town.queue.daily_limit = 100
    town.queue.save()
    for _n in range(2):
        queue_entry.walk_in(town.queue, town.card)
    with django_assert_max_num_queries(60) as few:
        client.get(DESK)
    for _n in range(10):
        queue_entry.walk_in(town.queue, town.card)
    with django_assert_max_num_queries(len(few)):
        client.get(DESK)


def test_hall_settings_are_saved(signed_in, town):
    client = signed_in("manager", "boss")
    page = client.get(f"/staff/appointments/halls/{town.hall.pk}/")
    assert page.status_code == 200
    said = {"name": "Neuer Name", "name_en": "", "early_minutes": 30, "late_minutes": 5,
            "most_calls": 2, "do": "save", "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2,
            "form-0-id": town.queue.pk, "form-0-walk_ins": "on", "form-0-daily_limit": 7,
            "form-1-id": town.other.pk, "form-1-daily_limit": 9}  # fmt: skip
    assert client.post(f"/staff/appointments/halls/{town.hall.pk}/", said).status_code == 302
    town.queue.refresh_from_db()
    assert town.queue.daily_limit == 7
    assert "Neuer Name" in client.get("/staff/appointments/halls/").content.decode()


def test_a_manager_sets_up_a_waiting_area_and_takes_it_away_again(signed_in, town):
    client = signed_in("manager", "boss")
    said = {"name": "Anbau", "name_en": "", "early_minutes": 30, "late_minutes": 5,
            "most_calls": 2, "do": "save"}  # fmt: skip
    page = client.post("/staff/appointments/halls/new/", said).url
    assert "Anbau" in client.get(page).content.decode()
    office = town.other.office.pk
    wrong = client.post(page, {"do": "add", "new-office": office, "new-letter": "7"})
    assert wrong.status_code == 422
    told = {"do": "add", "new-office": office, "new-letter": "k", "new-daily_limit": 20}
    assert client.post(page, told).status_code == 302
    hall = Hall.objects.get(name="Anbau")
    assert [one.letter for one in hall.queues.all()] == ["K"]
    client.post(page, {"do": "renew"})
    assert Hall.objects.get(name="Anbau").kiosk_token != hall.kiosk_token
    client.post(page, {"do": "close:K"})
    client.post(page, {"do": "remove"})
    assert not Hall.objects.filter(name="Anbau").exists()


def test_a_hall_in_which_people_waited_stays(signed_in, town, time):
    queue_entry.walk_in(town.queue, town.card)
    client = signed_in("manager", "boss")
    page = f"/staff/appointments/halls/{town.hall.pk}/"
    for what in ("close:E", "remove"):
        assert client.post(page, {"do": what}, follow=True).status_code == 200
    assert Queue.objects.filter(pk=town.queue.pk).exists()


def test_a_program_cannot_draw_numbers_for_ever(client, town, time, kiosk, monkeypatch):
    monkeypatch.setattr(kiosk_pages, "MOST_NUMBERS", 1)
    assert draw(client, kiosk, town).status_code == 302
    assert draw(client, kiosk, town, key="k2").status_code == 422
    assert QueueEntry.objects.count() == 1


def test_somebody_gives_the_place_up(client, town, time):
    entry = queue_entry.walk_in(town.queue, None).entry
    answer = client.post(reverse("appointments:waiting-leave", args=[entry.token]), follow=True)
    assert "Platz aufgegeben" in answer.content.decode()


def test_a_counter_elsewhere_cannot_be_taken(signed_in, town):
    client = signed_in()
    town.counters[0].resource.kind = "rooms.room"
    town.counters[0].resource.save()
    counter = Unit.objects.first()
    assert client.post(DESK + "sit/", {"counter": counter.pk}).status_code == 404
    assert not Desk.objects.exists()
    assert queue_desk.alarms(counter) == []
