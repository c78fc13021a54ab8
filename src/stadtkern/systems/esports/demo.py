"""The demo city's eSport: invented meetings in real youth centres, one tournament over, one on."""

import random
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Occupancy, Resource, Unit
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.esports import playing
from stadtkern.systems.esports.models import Match, Meeting, SignUp, Tournament

CENTRES = {
    "Jugendzentrum Heisterkamp": (7.170245, 51.517941),
    "Jugendzentrum Freibad": None,
    "Jugendzentrum Hasenkamp": None,
    "Stadtteilzentrum Wache": None,
}
STOP = ("Haltestelle: DB InfraGO AG, OpenStreetMap-Mitwirkende", "CC BY 4.0, ODbL")
NICKNAMES = ("Kohlenwolf", "PixelPia", "Zeche47", "Turbotaube", "Nordstern", "Lumi", "Fuchsbau",
             "Grubenlicht", "Kanalratte", "Sternchen", "Flitzer", "Halde9")  # fmt: skip


def fill(rng: random.Random) -> None:
    """Add what is missing; a second run changes nothing."""
    centres = [_centre(name, at) for name, at in CENTRES.items()]
    if Meeting.objects.exists():
        return
    today = timezone.localdate(clock.now())
    with transaction.atomic():
        over = _meeting("winterpokal", "Winterpokal im Heisterkamp", "Winter cup at Heisterkamp",
                        centres[0], today - timedelta(days=6), "finished", 12)  # fmt: skip
        cup = _tournament(over, "Winterpokal", "Winter cup", "elimination", 8)
        _play(cup, rng, rounds=9)
        now = _meeting("ligaabend", "Ligaabend in der Wache", "League evening at Wache",
                       centres[3], today, "running", 12)  # fmt: skip
        league = _tournament(now, "Stadtliga, Tag 3", "City league, day 3", "swiss", 9)
        _play(league, rng, rounds=2)
        _coming(centres, today, cup)


def _coming(centres: list[Place], today: date, cup: Tournament) -> None:
    kicker = _meeting("platz-statt-pixel", "Platz statt Pixel: Fußball auf dem Bolzplatz",
                      "Pitch instead of pixels: football for real", centres[0],
                      today + timedelta(days=5), "open", 20, game="Fußball, drei gegen drei",
                      rating=0)  # fmt: skip
    kicker.kind, kicker.follows = "real", cup
    kicker.text = "Wer beim Winterpokal dabei war, trifft sich auf dem Platz. Neue sind willkommen."
    kicker.text_en = (
        "Whoever played in the winter cup meets on the pitch now. Newcomers are welcome."
    )
    kicker.save()
    _seat(kicker, NICKNAMES[:6], "booked")
    full = _meeting("rennabend", "Rennabend im Freibad", "Racing evening at Freibad", centres[1],
                    today + timedelta(days=9), "open", 8, game="Kart-Rennen", rating=0)  # fmt: skip
    _seat(full, NICKNAMES[:8], "booked")
    _meeting("fussball-turnier", "Fußballturnier am Bildschirm", "Football on the screen",
             centres[2], today + timedelta(days=16), "open", 16)  # fmt: skip


def _centre(name: str, at: tuple[float, float] | None) -> Place:
    source, licence = STOP if at else ("", "")
    facts = {"source": source, "licence": licence, "geometry": point(*at) if at else None}
    return Place.objects.get_or_create(kind="esports.centre", name=name, defaults=facts)[0]


def _meeting(
    slug: str, title: str, title_en: str, place: Place, day: date, state: str, seats: int,
    *, game: str = "Fußball-Simulation", rating: int = 0,
) -> Meeting:  # fmt: skip
    begins = datetime.combine(day, time(15), city_zone())
    resource = Resource.objects.create(kind="esports.seats", name=title, name_en=title_en,
                                       place=place, invented=True)  # fmt: skip
    Unit.objects.bulk_create([Unit(resource=resource, number=n) for n in range(1, seats + 1)])
    return Meeting.objects.create(
        slug=slug, title=title, title_en=title_en, place=place, begins=begins, state=state,
        ends=begins + timedelta(hours=5), game=game, rating=rating, seats=seats, resource=resource,
        text="Konsolen und Getränke sind da. Wer mag, bringt den eigenen Controller mit.",
        text_en="Consoles and drinks are there. Bring your own controller if you like.",
        invented=True,
    )  # fmt: skip


def _seat(meeting: Meeting, nicknames: tuple[str, ...], state: str) -> list[SignUp]:
    """Written straight into the tables: the past cannot be booked."""
    units = list(Unit.objects.filter(resource=meeting.resource_id))
    found = []
    for name, unit in zip(nicknames, units, strict=False):
        booking = Booking.objects.create(
            kind="esports.seat", resource=meeting.resource, state=state, begins=meeting.begins,
            ends=meeting.ends, subject=meeting.title, confirmed=clock.now(),
        )  # fmt: skip
        Occupancy.objects.create(booking=booking, unit=unit,
                                 during=(meeting.begins, meeting.ends),
                                 live=state in ("booked", "arrived"))  # fmt: skip
        found.append(SignUp.objects.create(meeting=meeting, booking=booking, nickname=name,
                                           birth_year=2005))  # fmt: skip
    return found


def _tournament(
    meeting: Meeting, title: str, title_en: str, mode: str, players: int
) -> Tournament:  # fmt: skip
    state = "arrived" if meeting.state == "running" else "finished"
    came = _seat(meeting, NICKNAMES[:players], state)
    made = Tournament.objects.create(meeting=meeting, title=title, title_en=title_en, mode=mode)
    playing.enter(made, came)
    return playing.start(made)


def _play(tournament: Tournament, rng: random.Random, *, rounds: int) -> None:
    """So many rounds, with one match of the last one left open where it goes on after that."""
    for turn in range(1, rounds + 1):
        rows = tournament.matches.filter(round=turn).exclude(state="done")
        listed = list(rows.exclude(a=None).exclude(b=None).select_related("tournament", "a", "b"))
        for match in listed[: -1 if tournament.mode == "swiss" and turn == rounds else None]:
            a = rng.randint(0, 5)
            playing.decide(match, a, a + rng.choice((-1, 1, 2)) if a else 2)
        tournament.refresh_from_db()
        if tournament.mode == "swiss" and turn < rounds:
            playing.next_round(tournament)
            tournament.refresh_from_db()
    left = Match.objects.filter(tournament=tournament).exclude(state="done").exclude(b=None).first()
    if left is not None and left.a is not None:
        playing.report(left, left.a, 2, 1)
