"""An evening from check-in to the winner, as staff and players see it."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.models import Account
from stadtkern.systems.esports import demo, finding, layers, mail, meetings, playing, signing_up
from stadtkern.systems.esports.models import Match, SignUp, Tournament

pytestmark = pytest.mark.django_db


@pytest.fixture
def playing_now(meeting, entry):
    """A function that starts a tournament with so many players who are here."""

    def make(players, mode="swiss", **told):
        one = meeting(seats=max(players, 2))
        for number in range(players):
            signing_up.arrive(signing_up.sign_up(one, entry(f"P{number + 1}")))
        cup = Tournament.objects.create(meeting=one, title="Pokal", mode=mode, **told)
        playing.start(cup)
        cup.refresh_from_db()
        return cup

    return make


def open_matches(cup):
    rows = cup.matches.exclude(state="done").exclude(a=None).exclude(b=None)
    return list(rows.select_related("a", "b", "tournament"))


def test_an_evening_is_run_on_a_phone(referee, meeting, entry):
    one = meeting(seats=3)
    here, missing, _third = (signing_up.sign_up(one, entry(n)) for n in ("Hier", "Fehlt", "Auch"))
    where = f"/staff/esports/{one.pk}/"
    referee.post(f"{where}do/", {"do": "checkin"})
    referee.post(f"{where}people/{here.pk}/", {"do": "arrive"})
    assert referee.get(where).status_code == 200
    person = Account.objects.get(username="referee")
    with time_machine.travel(one.begins + timedelta(minutes=10)):
        # Whoever was away for so long signs in once more.
        referee.force_login(person)
        referee.post(f"{where}do/", {"do": "release"})
        assert Booking.objects.get(pk=missing.booking_id).state == "missed"
        door = {"nickname": "Spontan", "birth_year": "2001"}
        assert referee.post(f"{where}door/", door).status_code == 302
        young = {"nickname": "Jung", "birth_year": str(clock.now().year - 13)}
        assert referee.post(f"{where}door/", young).status_code == 422
        referee.post(f"{where}door/", {**young, "agreed": "on"})
        assert referee.post(f"{where}door/", {**door, "nickname": "Zuviel"}).status_code == 422
    assert {each.nickname for each in finding.seats(one)} == {"Hier", "Spontan", "Jung"}
    referee.force_login(person)
    referee.post(f"{where}do/", {"do": "finished"})
    one.refresh_from_db()
    assert one.state == "checkin"


def test_states_lead_only_where_they_may(meeting, entry):
    one = meeting(state="draft")
    with pytest.raises(meetings.Refused):
        meetings.turn("test", one.pk, "running")
    for state in ("open", "checkin", "running", "finished"):
        meetings.turn("test", one.pk, state)
    with pytest.raises(meetings.Refused):
        meetings.turn("test", one.pk, "cancelled")


def test_a_result_counts_when_both_say_the_same(playing_now, client):
    cup = playing_now(2)
    (match,) = open_matches(cup)
    links = {}
    for signup in SignUp.objects.select_related("booking"):
        links[signup.nickname] = f"/esport/my/{mail.own_token(signup)}/"
    mine, theirs = links[match.a.name], links[match.b.name]
    said = {"do": "result", "match": match.pk}
    client.post(mine, {**said, "mine": "3", "yours": "1"})
    client.post(theirs, {**said, "mine": "2", "yours": "3"})
    match.refresh_from_db()
    assert match.state == "disputed"
    client.post(theirs, {**said, "mine": "1", "yours": "3"})
    match.refresh_from_db()
    assert (match.state, match.score_a, match.score_b) == ("done", 3, 1)
    assert match.winner == match.a
    client.post(mine, {**said, "mine": "9", "yours": "0"})
    match.refresh_from_db()
    assert match.score_a == 3


def test_nobody_reports_for_others(playing_now):
    cup = playing_now(4)
    first, second = open_matches(cup)
    with pytest.raises(playing.Refused):
        playing.report(first, second.a, 1, 0)


@pytest.mark.parametrize("players", [2, 3, 5, 8])
def test_a_swiss_tournament_runs_to_its_end(playing_now, referee, players):
    cup = playing_now(players)
    rng = random.Random(players)
    where = f"/staff/esports/tournament/{cup.pk}/"
    while cup.state == "running":
        if open_matches(cup):
            referee.post(f"{where}do/", {"do": "next"})
            before = cup.now
            cup.refresh_from_db()
            assert cup.now == before
        for match in open_matches(cup):
            score = {"do": "result", "score_a": rng.randint(0, 3), "score_b": rng.randint(0, 3)}
            referee.post(f"/staff/esports/match/{match.pk}/", score)
        referee.post(f"{where}do/", {"do": "next"})
        cup.refresh_from_db()
    assert cup.now == cup.rounds
    page = referee.get(f"/esport/tournament/{cup.pk}/").content.decode()
    assert "Gewonnen hat" in page
    assert "Buchholz" in page


@pytest.mark.parametrize("players", [2, 3, 6, 8])
def test_a_knock_out_has_one_winner_and_no_draws(playing_now, client, players):
    cup = playing_now(players, "elimination")
    with pytest.raises(playing.Refused):
        playing.decide(open_matches(cup)[0], 1, 1)
    played = 0
    while found := open_matches(cup):
        playing.decide(found[0], 2, 1)
        played += 1
    cup.refresh_from_db()
    assert cup.state == "finished"
    assert played == players - 1
    assert "Finale" in client.get(f"/esport/tournament/{cup.pk}/").content.decode()


def test_a_result_can_be_corrected_until_something_is_built_on_it(playing_now):
    cup = playing_now(4, "elimination")
    first, second = open_matches(cup)
    playing.decide(first, 2, 0)
    playing.decide(first, 0, 2)
    playing.decide(second, 2, 0)
    (final,) = open_matches(cup)
    assert final.a == first.b
    playing.report(final, final.a, 3, 0)
    with pytest.raises(playing.Refused):
        playing.decide(first, 2, 0)


def test_who_goes_home_loses_by_walkover_and_is_drawn_no_more(playing_now):
    cup = playing_now(4, rounds=3)
    match = open_matches(cup)[0]
    playing.leave(match.a)
    match.refresh_from_db()
    assert (match.how, match.winner_id) == ("walkover", match.b_id)
    playing.decide(open_matches(cup)[0], 1, 0)
    playing.next_round(cup)
    later = Match.objects.filter(tournament=cup, round=2)
    assert match.a_id not in {side for one in later for side in (one.a_id, one.b_id)}


def test_teams_play_as_one(meeting, entry):
    one = meeting(seats=4)
    for name, team in (("A1", "Rot"), ("A2", "rot"), ("B1", "Blau"), ("C1", "")):
        signing_up.arrive(signing_up.sign_up(one, entry(name, team=team)))
    cup = Tournament.objects.create(meeting=one, title="Pokal", teams=True)
    playing.start(cup)
    assert set(cup.entrants.values_list("name", flat=True)) == {"Rot", "Blau"}


def test_the_database_knows_the_rules_too(playing_now):
    match = open_matches(playing_now(3))[0]
    outside = match.tournament.entrants.exclude(pk__in=(match.a_id, match.b_id)).get()
    for wrong in ({"b": match.a}, {"winner": outside}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.filter(pk=match.pk).update(**wrong)


def test_the_demo_shows_a_tournament_that_is_over_and_one_that_runs(client):
    demo.fill(random.Random(1))
    states = dict(Tournament.objects.values_list("title", "state"))
    assert states == {"Winterpokal": "finished", "Stadtliga, Tag 3": "running"}
    home = client.get("/esport/").content.decode()
    for said in ("Platz statt Pixel", "voll, Warteliste", "läuft"):
        assert said in home
    assert layers.next_tile() is not None
    for cup in Tournament.objects.all():
        assert client.get(f"/esport/tournament/{cup.pk}/").status_code == 200
