"""Pay for parking by phone, at the machine or here, to the minute."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Feed,
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

CHECK, PERMITS, FINES, OPERATORS = "check", "permits", "fines", "operators"
SEE, PRICES, MONEY, MACHINES = "see", "prices", "money", "machines"

system = System(
    slug="parking_tickets",
    title=_("Phone parking"),
    summary=_("Pay for parking by phone, at the machine or here, to the minute."),
    package="stadtkern.systems.parking_tickets",
    theme="mobility",
    path="handyparken",
    settings="stadtkern.systems.parking_tickets.settings.ParkingTicketsSettings",
    place_kinds=(
        PlaceKind(slug="zone", title=_("Parking zone"), plural=_("Parking zones")),
        PlaceKind(slug="machine", title=_("Ticket machine"), plural=_("Ticket machines")),
    ),
    layers=(
        MapLayer(
            slug="zones",
            title=_("Parking zones and prices"),
            theme="mobility",
            weight=13,
            shown=False,
            pins="stadtkern.systems.parking_tickets.layers.pins",
            legend=(
                Legend(state="info", title=_("costs something now")),
                Legend(state="good", title=_("free now")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="zones",
            title=_("Parking zones that cost now"),
            theme="mobility",
            weight=60,
            reading="stadtkern.systems.parking_tickets.layers.zones_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="zones",
            title=_("Parking zones"),
            about=_("Zones in which parking costs money: number, area, and the prices in words."),
            theme="TRAN",
            keywords=(_("parking"), _("parking zone"), _("phone parking")),
            rows="stadtkern.systems.parking_tickets.datasets.zone_rows",
            key=("number",),
            invented=True,
            columns=(
                Column(slug="number", title=_("Number of the zone")),
                Column(slug="name", title=_("Name")),
                Column(slug="prices", title=_("Prices in words")),
                Column(slug="longest_minutes", title=_("Longest stay"), kind="integer", unit="min"),
                Column(slug="machines", title=_("Ticket machines"), kind="integer"),
                Column(slug="tax_rate", title=_("Value added tax"), kind="number", unit="%"),
                Column(slug="source", title=_("Source of the area")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Area"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="tariffs",
            title=_("Prices of parking zones"),
            about=_(
                "Every published version of the prices: charging hours by days, and the steps of"
                " the price in them."
            ),
            theme="TRAN",
            keywords=(_("parking"), _("prices"), _("tariff")),
            rows="stadtkern.systems.parking_tickets.datasets.tariff_rows",
            key=("zone", "version", "window", "step"),
            invented=True,
            columns=(
                Column(slug="zone", title=_("Number of the zone")),
                Column(slug="version", title=_("Version of the prices"), kind="integer"),
                Column(slug="window", title=_("Charging hours")),
                Column(slug="step", title=_("Step"), kind="integer"),
                Column(slug="valid_from", title=_("Valid from"), kind="datetime"),
                Column(slug="valid_to", title=_("Valid to"), kind="datetime"),
                Column(slug="days", title=_("Days (PH: public holidays)")),
                Column(slug="begins", title=_("From")),
                Column(slug="ends", title=_("Until")),
                Column(slug="minutes", title=_("Length of the step"), kind="integer", unit="min"),
                Column(slug="cents", title=_("Price in cents"), kind="integer"),
                Column(
                    slug="per_minutes", title=_("For so many minutes"), kind="integer", unit="min"
                ),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
        Dataset(
            slug="machines",
            title=_("Ticket machines"),
            about=_("Where ticket machines stand, and whether they work."),
            theme="TRAN",
            keywords=(_("parking"), _("ticket machine")),
            rows="stadtkern.systems.parking_tickets.datasets.machine_rows",
            key=("number",),
            invented=True,
            columns=(
                Column(slug="number", title=_("Number of the machine")),
                Column(slug="zone", title=_("Number of the zone")),
                Column(slug="state", title=_("State")),
                Column(slug="last_seen", title=_("Last seen"), kind="datetime"),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="usage",
            title=_("Rights to park by zone and hour"),
            about=_(
                "How many rights to park began in a zone in an hour of the city's time. Hours with"
                " three or fewer are left out, and nothing is told of vehicles."
            ),
            theme="TRAN",
            keywords=(_("parking"), _("statistics")),
            every=timedelta(hours=6),
            rows="stadtkern.systems.parking_tickets.datasets.usage_rows",
            key=("zone", "hour"),
            invented=True,
            columns=(
                Column(slug="zone", title=_("Number of the zone")),
                Column(slug="hour", title=_("Hour (local time)")),
                Column(slug="rights", title=_("Rights begun"), kind="integer"),
            ),
        ),
    ),
    services=(
        Service(
            slug="buy",
            title=_("Pay for parking"),
            summary=_("Pick the zone, pay by the minute, extend or end early from afar."),
            page="parking_tickets:home",
            words=_("parking ticket, parking fee, ticket machine, phone parking, app, car"),
        ),
    ),
    permissions=(
        Permission(slug=SEE, title=_("See zones, rights to park and figures")),
        Permission(slug=PRICES, title=_("Change the prices of parking zones")),
        Permission(slug=MONEY, title=_("Close and settle months of app providers")),
        Permission(slug=MACHINES, title=_("Look after ticket machines and their keys")),
        Permission(slug=CHECK, title=_("Check plates of parked cars")),
        Permission(slug=PERMITS, title=_("Give and end parking permits")),
        Permission(slug=FINES, title=_("Retell and decide fines, see the log of checks")),
        Permission(slug=OPERATORS, title=_("Give keys to app providers")),
    ),
    roles=(
        Role(slug="officer", title=_("Parking officer"), may=(CHECK,)),
        Role(slug="fines", title=_("Fines office for parking"), may=(CHECK, PERMITS, FINES)),
        Role(
            slug="manager",
            title=_("Manager of phone parking"),
            may=(CHECK, PERMITS, FINES, OPERATORS, SEE, PRICES, MONEY, MACHINES),
        ),
    ),
    nav=(
        Nav(label=_("Phone parking"), to="parking_tickets:home", weight=23),
        Nav(
            label=_("Parking: prices and money"),
            to="parking_tickets-staff:home",
            audience="staff",
            weight=21,
        ),
        Nav(label=_("Check a plate"), to="parking_tickets-staff:look", audience="staff", weight=22),
        Nav(
            label=_("Parking: fines and permits"),
            to="parking_tickets-staff:fines",
            audience="staff",
            weight=23,
        ),
    ),
    jobs=(
        Job(
            slug="look_after",
            title=_("End rights whose time is over, write reminders"),
            cron="* * * * *",
            run="stadtkern.systems.parking_tickets.jobs.look_after",
        ),
        Job(
            slug="forget",
            title=_("Forget plates, positions and old checks"),
            cron="*/10 * * * *",
            run="stadtkern.systems.parking_tickets.logic.forgetting.run",
        ),
    ),
    listens=(
        Listener(
            event="stadtkern.kernel.payments.events.ChargeChanged",
            call="stadtkern.systems.parking_tickets.logic.listening.charge_changed",
        ),
    ),
    personal_data=(
        PersonalData(
            model="parking_tickets.Session (mail address)",
            purpose=_("Send the link to a right that was bought here, and a reminder"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.parking_tickets.erasing.addresses",
        ),
        PersonalData(
            model="parking_tickets.Session",
            purpose=_("Show officers that parking was paid for a plate"),
            retention=timedelta(hours=24),
            erase="stadtkern.systems.parking_tickets.logic.forgetting.tickets",
        ),
        PersonalData(
            model="parking_tickets.Check (plate and position)",
            purpose=_("Clear up a check that was made just now"),
            retention=timedelta(hours=24),
            erase="stadtkern.systems.parking_tickets.logic.forgetting.looks",
        ),
        PersonalData(
            model="parking_tickets.Check",
            purpose=_("Show who checked how much, and when"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.parking_tickets.logic.forgetting.checks",
        ),
        PersonalData(
            model="parking_tickets.PermitSubject",
            purpose=_("Show officers that a plate has a permit"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.parking_tickets.logic.forgetting.permits",
        ),
        PersonalData(
            model="parking_tickets.Fine",
            purpose=_("Decide a contested fine by what was known"),
            retention=timedelta(days=180),
            erase="stadtkern.systems.parking_tickets.logic.forgetting.fines",
        ),
    ),
    feeds=(Feed(standard="curbs", build="stadtkern.systems.parking_tickets.feed.curbs"),),
    urls={
        "public": "stadtkern.systems.parking_tickets.pages",
        "staff": "stadtkern.systems.parking_tickets.staff",
        "api": "stadtkern.systems.parking_tickets.api",
    },
    checks=("stadtkern.systems.parking_tickets.watching.problems",),
    demo="stadtkern.systems.parking_tickets.demo.fill",
)
