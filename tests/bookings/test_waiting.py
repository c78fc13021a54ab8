"""Waiting lists: first come, first asked; an offer runs out, and the next one is asked."""

import pytest
from django.core import mail

from bookings.conftest import local, want
from stadtkern.kernel.bookings import changes, reminders, slots, waiting
from stadtkern.kernel.bookings.errors import HoldOver, Taken, WrongState
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.post import sending
from stadtkern.kernel.post.models import Letter

DAY = "2026-06-02"


@pytest.fixture
def full(office, time):
    """One counter that is open for an hour on one day and taken in two halves."""
    house = office(1, "tu", "09:00", "10:00", ahead_days=1)
    made = [changes.book(want(house, f"{DAY} 09:00"), kind="test.visit"),
            changes.book(want(house, f"{DAY} 09:30"), kind="test.visit")]  # fmt: skip
    return house, *made


def wish(house, name, time, **more):
    time.on(seconds=1)
    given = {"earliest": local(f"{DAY} 00:00"), "latest": local(f"{DAY} 23:59"), "minutes": 30}
    return waiting.wish(kind="test.visit", resources=[house],
                        person=Person(name=name, email=f"{name}@example.org"), **(given | more))  # fmt: skip


def states():
    return dict(Wish.objects.values_list("name", "state"))


def test_who_asked_first_is_asked_first(full, time):
    house, first, second = full
    wish(house, "ada", time)
    wish(house, "bob", time)
    changes.cancel(first, by="person")
    assert states() == {"ada": "offered", "bob": "waiting"}
    # It is held from the very moment it became free.
    with pytest.raises(Taken):
        changes.book(want(house, f"{DAY} 09:00"), kind="test.visit")
    changes.cancel(second, by="person")
    assert states() == {"ada": "offered", "bob": "offered"}
    offers = {w.name: w.offer.begins for w in Wish.objects.select_related("offer")}
    assert offers == {"ada": local(f"{DAY} 09:00"), "bob": local(f"{DAY} 09:30")}


def test_an_offer_that_runs_out_goes_to_the_next_and_comes_not_back(full, time):
    house, first, _second = full
    wish(house, "ada", time)
    wish(house, "bob", time)
    changes.cancel(first, by="person")
    time.on(hours=2, seconds=1)
    reminders.run()
    assert states() == {"ada": "waiting", "bob": "offered"}
    time.on(hours=2, seconds=1)
    reminders.run()
    assert states() == {"ada": "waiting", "bob": "waiting"}
    assert [s.begins for s in slots.search([house], local(DAY).date(), local(DAY).date(), 30)] == [
        local(f"{DAY} 09:00")
    ]


def test_accepting_books_and_may_be_repeated(full, time):
    house, first, _second = full
    ada = wish(house, "ada", time)
    changes.cancel(first, by="person")
    made = waiting.accept(ada)
    assert (made.state, made.name, made.email) == ("booked", "ada", "ada@example.org")
    assert waiting.accept(ada) == made
    assert states() == {"ada": "taken"}


def test_declining_asks_the_next_at_once(full, time):
    house, first, _second = full
    ada, _bob = wish(house, "ada", time), wish(house, "bob", time)
    changes.cancel(first, by="person")
    waiting.decline(ada, keep=True)
    assert states() == {"ada": "waiting", "bob": "offered"}
    waiting.decline(ada)
    assert states()["ada"] == "waiting"
    with pytest.raises(HoldOver):
        waiting.accept(ada)


def test_withdrawing_gives_back_what_was_offered(full, time):
    house, first, _second = full
    ada, bob = wish(house, "ada", time), wish(house, "bob", time)
    changes.cancel(first, by="person")
    waiting.withdraw(ada)
    assert states() == {"ada": "withdrawn", "bob": "offered"}
    waiting.withdraw(bob)
    assert slots.search([house], local(DAY).date(), local(DAY).date(), 30)


def test_an_earlier_slot_moves_the_booking_and_frees_the_later_one(full, time):
    house, first, second = full
    ada = wish(house, "ada", time, replaces=second)
    wish(house, "bob", time)
    changes.cancel(first, by="person")
    made = waiting.accept(ada)
    assert (made.pk, made.code, made.begins) == (second.pk, second.code, local(f"{DAY} 09:00"))
    # What ada left goes to bob in the same moment.
    assert states() == {"ada": "taken", "bob": "offered"}
    assert Wish.objects.get(name="bob").offer.begins == local(f"{DAY} 09:30")


def test_confirming_the_offer_of_an_earlier_slot_leaves_nobody_with_two(full, time):
    house, first, second = full
    wish(house, "ada", time, replaces=second)
    wish(house, "bob", time)
    changes.cancel(first, by="person")
    offer = Wish.objects.get(name="ada").offer
    made = changes.confirm(offer, Person(name="Ada Lovelace", email="ada@example.org"))
    assert (made.pk, made.name, made.begins) == (second.pk, "Ada Lovelace", local(f"{DAY} 09:00"))
    assert changes.confirm(offer) == made
    live = Booking.objects.filter(state__in=("held", "booked"))
    assert live.filter(name__istartswith="ada").count() == 1
    assert states() == {"ada": "taken", "bob": "offered"}


def test_an_offer_of_an_earlier_slot_that_has_run_out_is_not_had_beside_the_old_one(full, time):
    house, first, second = full
    wish(house, "ada", time, replaces=second)
    changes.cancel(first, by="person")
    offer = Wish.objects.get(name="ada").offer
    time.on(hours=2, seconds=1)
    reminders.run()
    with pytest.raises(HoldOver):
        changes.confirm(offer)
    assert list(Booking.objects.filter(state="booked")) == [second]


def test_who_is_here_already_is_not_given_an_earlier_slot_as_well(full, time):
    house, first, second = full
    ada = wish(house, "ada", time, replaces=second)
    changes.cancel(first, by="person")
    changes.arrive(second)
    for deed in (lambda: waiting.accept(ada), lambda: changes.confirm(ada_offer())):
        with pytest.raises(WrongState):
            deed()


def ada_offer():
    return Wish.objects.get(name="ada").offer


def test_a_later_slot_is_not_offered_instead_of_an_earlier_one(full, time):
    house, first, second = full
    wish(house, "ada", time, replaces=first)
    changes.cancel(second, by="person")
    assert states() == {"ada": "waiting"}
    changes.cancel(first, by="person")
    assert states() == {"ada": "withdrawn"}


def test_weekdays_skills_and_times_are_kept_to(full, time):
    house, first, _second = full
    wish(house, "wednesdays", time, weekdays=[3])
    wish(house, "skilled", time, skills=["weddings"])
    wish(house, "later", time, earliest=local(f"{DAY} 09:15"))
    wish(house, "longer", time, minutes=45)
    wish(house, "fits", time)
    changes.cancel(first, by="person")
    assert [name for name, state in states().items() if state == "offered"] == ["fits"]


def test_nobody_is_asked_at_night_or_too_late(office, time):
    house = office(1, "tu-we", "09:00", "10:00", ahead_days=5)
    made = changes.book(want(house, "2026-06-03 09:00", 60), kind="test.visit")
    wish(house, "ada", time, minutes=60, latest=local("2026-06-04 00:00"))
    time.at = local("2026-06-02 19:30")
    changes.cancel(made, by="person")
    # Half an hour in the evening; the rest of two hours from eight on, but not beyond nine.
    assert Wish.objects.get().offer.hold_until == local("2026-06-03 09:00")
    again = changes.cancel(Wish.objects.get().offer, by="person")
    assert again.state == "cancelled"
    time.at = local("2026-06-03 08:50")
    wish(house, "bob", time, minutes=60, latest=local("2026-06-04 00:00"))
    reminders.run()
    assert states()["bob"] == "waiting"


def test_what_becomes_free_in_other_ways_is_offered_by_the_job(full, time):
    house, _first, _second = full
    wish(house, "ada", time)
    assert "0 offers" in reminders.run()
    house.units.create(number=2)
    assert "1 offers" in reminders.run()
    assert states() == {"ada": "offered"}


def test_a_seat_of_an_event_is_waited_for_as_a_whole(office, time):
    event = office(2, None)
    calendar = event.calendar
    event.calendar = None
    event.save()
    calendar.delete()
    span = (local(f"{DAY} 18:00"), local(f"{DAY} 21:00"))
    seats = [changes.book(want(event, f"{DAY} 18:00", 180), kind="test.seat") for _n in range(2)]
    wish(event, "ada", time, minutes=0, earliest=span[0], latest=span[1])
    changes.cancel(seats[1], by="person")
    offer = Wish.objects.get().offer
    assert (offer.begins, offer.ends) == span


def test_an_offer_is_written_once_and_not_sent_when_it_is_too_late(full, time):
    house, first, _second = full
    wish(house, "ada", time)
    changes.cancel(first, by="person")
    reminders.run()
    letter = Letter.objects.get()
    assert letter.address == "ada@example.org"
    sending.run()
    sending.run()
    assert len(mail.outbox) == 1
    assert "/bookings/offer/" in mail.outbox[0].body
    assert "09:00" in mail.outbox[0].body


def test_a_letter_that_is_too_late_stays_here(full, time):
    house, first, _second = full
    wish(house, "ada", time)
    changes.cancel(first, by="person")
    time.on(hours=3)
    sending.run()
    assert mail.outbox == []
    assert Letter.objects.get().state == "late"


def test_the_page_of_an_offer_answers_only_to_a_press_of_a_button(full, time, client):
    house, first, _second = full
    wish(house, "ada", time)
    changes.cancel(first, by="person")
    url = "/" + Letter.objects.get().text.split("/bookings/")[1].split()[0]
    url = f"/bookings{url}"
    page = client.get(url)
    assert page.status_code == 200
    assert states() == {"ada": "offered"}
    assert "2. Juni 2026, 09:00" in page.content.decode()
    assert "noindex" in page.content.decode()
    taken = client.post(url, {"answer": "take"})
    assert Wish.objects.get().offer.code in taken.content.decode()
    assert states() == {"ada": "taken"}
    assert client.get(url).status_code == 200
    assert client.get(url[:-4] + "x/").status_code == 404


def test_whoever_finds_a_hold_run_out_comes_after_those_who_wait(full, time):
    house, first, _second = full
    changes.cancel(first, by="person")
    changes.hold(want(house, f"{DAY} 09:00"), kind="test.visit", minutes=10)
    wish(house, "ada", time)
    time.on(minutes=11)
    with pytest.raises(Taken):
        changes.book(want(house, f"{DAY} 09:00"), kind="test.visit")
    assert states() == {"ada": "offered"}


def test_nobody_is_asked_for_a_system_that_is_off(full, time, switched_off):
    house, first, _second = full
    ada = wish(house, "ada", time)
    Wish.objects.filter(pk=ada.pk).update(kind="parking.space")
    switched_off("parking")
    changes.cancel(first, by="person")
    reminders.run()
    assert states() == {"ada": "waiting"}


def test_few_questions_are_asked_for_a_booking(office, time, django_assert_max_num_queries):
    house = office(3)
    # One of them tells a system that listens.
    with django_assert_max_num_queries(23):
        made = changes.hold(want(house, f"{DAY} 09:00"), kind="test.visit", key="k")
    with django_assert_max_num_queries(16):
        changes.confirm(made)
    changes.book(want(house, f"{DAY} 09:00", quantity=2), kind="test.visit")
    with django_assert_max_num_queries(2), pytest.raises(Taken):
        changes.hold(want(house, f"{DAY} 09:00"), kind="test.visit", key="l")
