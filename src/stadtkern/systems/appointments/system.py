"""Book an appointment with the city, wait your turn, and be called."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    BookingKind,
    Column,
    Dataset,
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
    Tile,
)

PACKAGE = "stadtkern.systems.appointments"

system = System(
    slug="appointments",
    title=_("Appointments"),
    summary=_("Book an appointment with the city, wait your turn, and be called."),
    package=PACKAGE,
    theme="services",
    path="termine",
    place_kinds=(PlaceKind(slug="office", title=_("Office"), plural=_("Offices")),),
    bookings=(
        BookingKind(
            slug="visit",
            title=_("Appointment"),
            page="appointments:mine",
            words=f"{PACKAGE}.logic.letters.reminder_words",
            remind_before=timedelta(days=1),
            missed_after=timedelta(hours=4),
            finished_after=timedelta(hours=4),
        ),
    ),
    layers=(
        MapLayer(
            slug="offices",
            title=_("Offices with appointments"),
            theme="services",
            weight=70,
            shown=False,
            pins=f"{PACKAGE}.layers.pins",
            legend=(
                Legend(state="good", title=_("free within two days")),
                Legend(state="tight", title=_("free later")),
                Legend(state="bad", title=_("nothing free")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="earliest",
            title=_("Next free appointment"),
            theme="services",
            weight=45,
            reading=f"{PACKAGE}.layers.earliest_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="offices",
            title=_("Offices with opening hours"),
            about=_("Offices of the city that give appointments: where they are, when they open."),
            theme="GOVE",
            keywords=(_("office"), _("opening hours"), _("appointment")),
            rhythm="DAILY",
            rows=f"{PACKAGE}.datasets.office_rows",
            key=("id",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="name_en", title=_("Name in English")),
                Column(slug="street", title=_("Street")),
                Column(slug="postcode", title=_("Postcode")),
                Column(slug="town", title=_("Town")),
                Column(
                    slug="opening_hours",
                    title=_("Opening hours"),
                    about=_("As OpenStreetMap writes opening hours."),
                ),
                Column(slug="counters", title=_("Counters"), kind="integer"),
                Column(slug="access", title=_("Accessibility")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="earliest",
            title=_("Earliest free appointment by concern"),
            about=_(
                "For each concern and office the earliest time that could be booked online when "
                "the rows were made, for one person."
            ),
            theme="GOVE",
            keywords=(_("appointment"), _("waiting time")),
            rhythm="HOURLY",
            every=timedelta(minutes=15),
            rows=f"{PACKAGE}.datasets.earliest_rows",
            key=("service", "office"),
            columns=(
                Column(slug="service", title=_("Concern")),
                Column(slug="service_name", title=_("Name of the concern")),
                Column(slug="office", title=_("Office")),
                Column(slug="minutes", title=_("Minutes"), kind="integer", unit="min"),
                Column(slug="earliest", title=_("Earliest time"), kind="datetime"),
                Column(slug="days", title=_("Days until then"), kind="integer", unit="d"),
                Column(slug="as_of", title=_("As of"), kind="datetime"),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
    ),
    services=(
        Service(
            slug="book",
            title=_("Book an appointment"),
            summary=_("Identity card, moving house, car, driving licence: choose and book."),
            page="appointments:home",
            words=_("appointment, office, identity card, passport, registration, counter"),
        ),
        Service(
            slug="find",
            title=_("Change or cancel an appointment"),
            summary=_("With the code of your confirmation."),
            page="appointments:find",
            words=_("appointment, cancel, change, move, code"),
        ),
    ),
    pages=f"{PACKAGE}.found.pages",
    nav=(
        Nav(label=_("Appointments"), to="appointments:home", weight=40),
        Nav(label=_("Appointments"), to="appointments-staff:home", audience="staff", weight=40),
        Nav(label=_("At the counter"), to="appointments-staff:desk", audience="staff", weight=41),
        Nav(label=_("Waiting areas"), to="appointments-staff:halls", audience="staff", weight=42),
        Nav(
            label=_("Figures of appointments"),
            to="appointments-staff:figures",
            audience="staff",
            weight=43,
        ),
    ),
    permissions=(
        Permission(slug="see", title=_("See appointments")),
        Permission(slug="book", title=_("Book, move and cancel appointments for people")),
        Permission(slug="manage", title=_("Change offices, services and opening hours")),
        Permission(slug="call", title=_("Call people to a counter")),
        Permission(slug="all", title=_("Do so in all offices, not only in one's own")),
        Permission(slug="figures", title=_("See figures of appointments and waiting")),
    ),
    roles=(
        Role(slug="clerk", title=_("Serves people at a counter"), may=("see", "book", "call")),
        Role(
            slug="manager",
            title=_("Plans appointments"),
            may=("see", "book", "manage", "call", "all", "figures"),
        ),
    ),
    jobs=(
        Job(
            slug="release",
            title=_("Give slots free that were cancelled a while ago"),
            cron="* * * * *",
            run=f"{PACKAGE}.jobs.release",
        ),
        Job(
            slug="forget",
            title=_("Forget used proofs, codes and counts of connections"),
            cron="17 * * * *",
            run=f"{PACKAGE}.jobs.forget",
        ),
        Job(
            slug="figures",
            title=_("Count the figures of yesterday, and erase what is old enough"),
            cron="7 1 * * *",
            run=f"{PACKAGE}.logic.figures_write.nightly",
        ),
    ),
    listens=(
        Listener(
            event="stadtkern.kernel.bookings.events.BookingChanged",
            call=f"{PACKAGE}.logic.letters.on_booking",
            kinds=("appointments.visit",),
        ),
        Listener(
            event="stadtkern.kernel.payments.events.ChargeChanged",
            call=f"{PACKAGE}.logic.fees.on_charge",
            kinds=("appointments.fee",),
        ),
    ),
    personal_data=(
        PersonalData(
            model="bookings.Booking",
            purpose=_("Who has an appointment, and how to reach them"),
            retention=timedelta(days=30),
            erase=f"{PACKAGE}.jobs.erase",
        ),
        PersonalData(
            model="appointments.QueueEntry",
            purpose=_("Number, time and concern of somebody who waits; no name"),
            retention=timedelta(days=30),
            erase=f"{PACKAGE}.logic.figures_write.erase",
        ),
    ),
    urls={
        "public": f"{PACKAGE}.pages",
        "staff": f"{PACKAGE}.staff",
        "api": f"{PACKAGE}.api",
    },
    demo=f"{PACKAGE}.demo.fill",
)
