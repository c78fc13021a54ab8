"""Help with the city's online services, at one place: book a session or a device."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    BookingKind,
    Job,
    Legend,
    Listener,
    MapLayer,
    Nav,
    Permission,
    PersonalData,
    PlaceKind,
    Role,
    Service,
    System,
)

system = System(
    slug="digital_forum",
    title=_("Digital forum"),
    summary=_("Help with the city's online services, at one place: book a session or a device."),
    package="stadtkern.systems.digital_forum",
    theme="services",
    path="digitalforum",
    place_kinds=(
        PlaceKind(slug="forum", title=_("Forum for digital help"),
                  plural=_("Forums for digital help")),
    ),
    layers=(
        MapLayer(
            slug="forum", title=_("Digital help"), theme="services", weight=62, shown=False,
            pins="stadtkern.systems.digital_forum.layers.pins",
            legend=(
                Legend(state="good", title=_("help can be booked")),
                Legend(state="none", title=_("nothing free at present")),
            ),
        ),
    ),
    services=(
        Service(
            slug="help", title=_("Help with online services"), page="digital_forum:home",
            summary=_("People in the Digitalforum help you with every online service of the city."),
            words=_("help, computer, scan, print, online identity card, form, kiosk"),
        ),
    ),
    bookings=(
        BookingKind(
            slug="session", title=_("Help in the Digitalforum"), page="digital_forum:mine",
            words="stadtkern.systems.digital_forum.logic.booking.words",
            remind_before=timedelta(days=1), missed_after=timedelta(minutes=20),
            finished_after=timedelta(hours=2),
        ),
        BookingKind(
            slug="device", title=_("Device in the Digitalforum"), page="digital_forum:mine",
            words="stadtkern.systems.digital_forum.logic.booking.words",
            remind_before=timedelta(days=1), missed_after=timedelta(minutes=20),
            finished_after=timedelta(hours=1),
        ),
    ),
    nav=(
        Nav(label=_("Digital forum"), to="digital_forum:home", weight=48),
        Nav(label=_("Digital forum"), to="digital_forum-staff:home", audience="staff", weight=48),
    ),
    permissions=(
        Permission(slug="run", title=_("Run the Digitalforum: day, visits, figures")),
        Permission(slug="assist", title=_("Help citizens with their cases while they are there")),
        Permission(slug="manage", title=_("Set up the forum's screens")),
    ),
    roles=(
        Role(slug="helper", title=_("Helps in the Digitalforum"), may=("run", "assist")),
        Role(slug="manager", title=_("Leads the Digitalforum"), may=("run", "assist", "manage")),
    ),
    jobs=(
        Job(slug="tidy", title=_("End assisted sessions at which nobody is any more"),
            run="stadtkern.systems.digital_forum.jobs.tidy", cron="*/5 * * * *"),
    ),
    listens=(
        Listener(event="stadtkern.kernel.bookings.events.BookingChanged",
                 call="stadtkern.systems.digital_forum.logic.booking.on_booking",
                 kinds=("digital_forum.session", "digital_forum.device")),
    ),
    personal_data=(
        PersonalData(
            model="digital_forum.Visit", purpose=_("Names and contact data of visits and bookings"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.digital_forum.erasing.visits",
        ),
        PersonalData(
            model="digital_forum.AssistSession",
            purpose=_("Trail of helped sessions: who helped with which fields, without answers"),
            retention=timedelta(days=365),
            erase="stadtkern.systems.digital_forum.erasing.sessions",
        ),
    ),
    urls={
        "public": "stadtkern.systems.digital_forum.pages",
        "staff": "stadtkern.systems.digital_forum.staff",
    },
    demo="stadtkern.systems.digital_forum.demo.fill",
)  # fmt: skip
