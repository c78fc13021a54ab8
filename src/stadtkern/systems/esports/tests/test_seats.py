"""Sign-up, waiting list, guardians, photos, and forgetting."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from stadtkern.kernel import clock, formguard
from stadtkern.kernel.bookings import changes, waiting
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.esports import erasure, meetings, signing_up
from stadtkern.systems.esports.models import Meeting, SignUp
from stadtkern.systems.esports.signing_up import Refused


@pytest.mark.django_db(transaction=True)
def test_seats_never_exceed_capacity_when_all_come_at_once(meeting, entry):
    one = meeting(seats=3)

    def come(number):
        try:
            return signing_up.sign_up(Meeting.objects.get(pk=one.pk), entry(f"Player{number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(come, range(10)))
    assert sum(each.booking_id is not None for each in made) == 3
    assert sum(each.wish_id is not None for each in made) == 7
    assert signing_up.free_seats(one) == 0


@pytest.mark.django_db
def test_a_seat_that_is_given_up_goes_to_who_waited_first_with_a_deadline(meeting, entry, client):
    one = meeting(seats=2)
    first, _second, third, fourth = (
        signing_up.sign_up(one, entry(n)) for n in ("A1", "B1", "C1", "D1")
    )
    signing_up.give_up(first, by="player")
    wish = Wish.objects.get(pk=third.wish_id)
    assert wish.state == "offered"
    assert wish.offer.hold_until < one.begins
    assert Wish.objects.get(pk=fourth.wish_id).state == "waiting"
    with time_machine.travel(wish.offer.hold_until + timedelta(seconds=1)):
        changes.expire(wish.offer)
        assert Wish.objects.get(pk=fourth.wish_id).state == "offered"
        waiting.accept(Wish.objects.get(pk=fourth.wish_id))
    page = client.get(f"/esport/{one.slug}/").content.decode()
    assert ">D1" in page
    assert ">A1" not in page
    assert signing_up.free_seats(one) == 0


@pytest.mark.django_db
def test_below_16_a_guardian_agrees_by_a_mail_of_their_own(meeting, entry, client):
    one = meeting(rating=6)
    child = clock.now().year - 14
    with pytest.raises(Refused, match="Eltern"):
        signing_up.sign_up(one, entry(birth_year=child))
    with pytest.raises(Refused, match="nicht Ihre eigene"):
        signing_up.sign_up(one, entry(birth_year=child, guardian_email="lumi@example.org"))
    made = signing_up.sign_up(one, entry(birth_year=child, guardian_email="eltern@example.org"))
    assert made.booking.state == "held"
    letter = Letter.objects.get(address="eltern@example.org")
    link = re.search(r"/esport/guardian/\S+", letter.text).group()
    assert ">Lumi" not in client.get(f"/esport/{one.slug}/").content.decode()
    with pytest.raises(Refused):
        signing_up.arrive(made)
    assert client.get(link).status_code == 200
    client.post(link, {"do": "agree", "photo": "on"})
    made = SignUp.objects.select_related("booking").get()
    assert made.consented
    assert made.photo
    assert made.booking.state == "booked"
    client.post(link, {"do": "agree"})
    assert not SignUp.objects.get().photo
    client.post(link, {"do": "refuse"})
    gone = SignUp.objects.get()
    assert (gone.nickname, gone.birth_year, gone.guardian_email) == (f"#{gone.pk}", None, "")
    assert signing_up.free_seats(one) == one.seats
    assert client.get(link).status_code == 404


@pytest.mark.django_db
def test_without_the_guardians_answer_the_seat_is_free_again(meeting, entry):
    one = meeting(rating=0, seats=2)
    made = signing_up.sign_up(one, entry(birth_year=clock.now().year - 12,
                                         guardian_email="e@example.org"))  # fmt: skip
    assert signing_up.free_seats(one) == 1
    with time_machine.travel(made.booking.hold_until + timedelta(seconds=1)):
        assert signing_up.free_seats(one) == 2


@pytest.mark.django_db
def test_a_young_player_meets_the_age_rating(meeting, entry):
    with pytest.raises(Refused, match="ab 16 Jahren"):
        signing_up.sign_up(meeting(rating=16), entry(birth_year=clock.now().year - 15))


@pytest.mark.django_db
def test_the_form_keeps_what_was_typed_and_leads_to_ones_own_page(meeting, client):
    one = meeting()
    with time_machine.travel(clock.now() - timedelta(seconds=20)):
        stamp = formguard.stamp()
    form = {"nickname": "Lumi", "birth_year": "2000", "email": "l@example.org", "stamp": stamp}
    where = f"/esport/{one.slug}/sign-up/"
    answer = client.post(where, {**form, "birth_year": str(clock.now().year - 13)})
    assert answer.status_code == 422
    assert 'value="Lumi"' in answer.content.decode()
    mine = client.post(where, form).url
    page = client.get(mine)
    assert page["X-Robots-Tag"] == "noindex"
    assert Booking.objects.get().code in page.content.decode()
    assert client.post(where, {**form, "nickname": "LUMI"}).status_code == 422
    assert Booking.objects.filter(state="booked").count() == 1
    client.post(mine, {"do": "photo", "photo": "on"})
    assert SignUp.objects.get().photo
    client.post(mine, {"do": "no-photo"})
    assert not SignUp.objects.get().photo
    client.post(mine, {"do": "give-up"})
    client.post(mine, {"do": "give-up"})
    assert Booking.objects.get().state == "cancelled"
    assert client.get("/esport/my/wrong/").status_code == 404


@pytest.mark.django_db
def test_a_cancelled_meeting_tells_everybody_and_stays_visible(meeting, entry, client):
    one = meeting(seats=2)
    for name in ("A1", "B1", "C1"):
        signing_up.sign_up(one, entry(name))
    meetings.turn("test", one.pk, "cancelled")
    told = Letter.objects.filter(key__endswith=":cancelled").values_list("address", flat=True)
    assert set(told) == {"A1@example.org", "B1@example.org", "C1@example.org"}
    assert not Wish.objects.filter(state__in=("waiting", "offered")).exists()
    assert not Booking.objects.live().exists()
    assert "abgesagt" in client.get(f"/esport/{one.slug}/").content.decode()


@pytest.mark.django_db
def test_seats_cannot_be_taken_away_from_people(meeting, entry):
    one = meeting(seats=3)
    for name in ("A1", "B1", "C1"):
        signing_up.sign_up(one, entry(name))
    one.seats = 2
    with pytest.raises(meetings.Refused):
        meetings.save("test", one)
    one.seats = 5
    meetings.save("test", one)
    assert signing_up.free_seats(one) == 2


@pytest.mark.django_db
def test_people_are_forgotten_and_numbers_stay(meeting, entry):
    one = meeting()
    signing_up.sign_up(one, entry())
    later = one.ends + timedelta(days=61)
    with time_machine.travel(later):
        Booking.objects.update(state="finished")
        erasure.erase(clock.now() - timedelta(days=60))
    row, booking = SignUp.objects.get(), Booking.objects.get()
    assert (row.nickname, row.birth_year) == (f"#{row.pk}", None)
    assert (booking.email, booking.name) == ("", "")
    assert booking.kind == "esports.seat"
