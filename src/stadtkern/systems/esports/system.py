"""Meet and play in the city's youth centres: meetings, seats and tournaments."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    BookingKind,
    Legend,
    MapLayer,
    Nav,
    Permission,
    PersonalData,
    PlaceKind,
    Role,
    Service,
    System,
    Tile,
    Today,
    Topic,
)

system = System(
    slug="esports",
    title=_("eSport"),
    summary=_("Meet and play in the city's youth centres: meetings, seats and tournaments."),
    package="stadtkern.systems.esports",
    theme="city",
    path="esport",
    place_kinds=(
        PlaceKind(slug="centre", title=_("Youth centre"), plural=_("Youth centres")),
    ),
    layers=(
        MapLayer(
            slug="meetings", title=_("eSport meetings"), theme="city", weight=57, shown=False,
            pins="stadtkern.systems.esports.layers.pins",
            legend=(
                Legend(state="good", title=_("seats are free")),
                Legend(state="tight", title=_("waiting list")),
                Legend(state="none", title=_("no meeting planned")),
            ),
        ),
    ),
    tiles=(
        Tile(slug="next", title=_("eSport"), theme="city", weight=75,
             reading="stadtkern.systems.esports.layers.next_tile"),
    ),
    services=(
        Service(
            slug="play", title=_("Play in a youth centre"), page="esports:home",
            summary=_("Meetings and tournaments with sign-up, on screens and on real pitches."),
            words=_("eSport, gaming, tournament, youth centre, games, youth"),
        ),
    ),
    bookings=(
        BookingKind(
            slug="seat", title=_("Seat at an eSport meeting"), page="esports:mine",
            words="stadtkern.systems.esports.mail.words", remind_before=timedelta(days=1),
            missed_after=timedelta(minutes=45), finished_after=timedelta(hours=1),
        ),
    ),
    nav=(
        Nav(label=_("eSport"), to="esports:home", weight=85),
        Nav(label=_("eSport"), to="esports-staff:home", audience="staff", weight=64),
    ),
    permissions=(Permission(slug="run", title=_("Run eSport meetings and tournaments")),),
    roles=(Role(slug="referee", title=_("Runs eSport meetings"), may=("run",)),),
    personal_data=(
        PersonalData(
            model="esports.SignUp",
            purpose=_("Seats, age rating, consent of guardians and photos at eSport meetings"),
            retention=timedelta(days=60),
            erase="stadtkern.systems.esports.erasure.erase",
        ),
    ),
    topics=(
        Topic(slug="meetings", title=_("eSport meetings"),
              about=_("When the sign-up for a meeting opens.")),
    ),
    today=(
        Today(slug="esports", title=_("eSport"), page="esports:home", weight=60,
              lines="stadtkern.systems.esports.layers.lines"),
    ),
    pages="stadtkern.systems.esports.layers.pages",
    urls={
        "public": "stadtkern.systems.esports.pages",
        "staff": "stadtkern.systems.esports.staff",
    },
    demo="stadtkern.systems.esports.demo.fill",
)  # fmt: skip
