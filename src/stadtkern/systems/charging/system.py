"""Where electric cars charge, which points are free, and what it costs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    BookingKind,
    Column,
    Dataset,
    Feed,
    Job,
    Legend,
    MapLayer,
    Nav,
    Observed,
    Permission,
    PersonalData,
    PlaceKind,
    Role,
    Service,
    System,
    ThingKind,
    Tile,
    Websocket,
)

free_points = Observed(
    slug="free_points",
    title=_("Free charging points"),
    unit="1",
    unit_name="count",
    decimals=0,
    stale_after=timedelta(hours=2),
    low=0,
)
battery_charge = Observed(
    slug="battery_charge",
    title=_("Charge of the vehicle's battery"),
    unit="%",
    unit_name="per cent",
    decimals=0,
    stale_after=timedelta(hours=26),
    low=0,
    high=100,
)
charging_power = Observed(
    slug="charging_power",
    title=_("Power drawn by cars"),
    unit="kW",
    unit_name="kilowatt",
    stale_after=timedelta(minutes=30),
    low=0,
)
charged_energy = Observed(
    slug="charged_energy",
    title=_("Meter of the charge point"),
    unit="kW.h",
    unit_name="kilowatt hour",
    stale_after=timedelta(hours=26),
    low=0,
)
SEE, CONTROL, MANAGE = "see", "control", "manage"

system = System(
    slug="charging",
    title=_("Charging points"),
    summary=_("Where electric cars charge, which points are free, and what it costs."),
    package="stadtkern.systems.charging",
    theme="mobility",
    path="laden",
    settings="stadtkern.systems.charging.settings.ChargingSettings",
    place_kinds=(
        PlaceKind(slug="location", title=_("Charging location"), plural=_("Charging locations")),
        PlaceKind(slug="caddy-stand", title=_("Shared vehicle"), plural=_("Shared vehicles")),
    ),
    thing_kinds=(
        ThingKind(slug="points", title=_("Free charging points"), observes=(free_points,)),
        ThingKind(slug="caddy", title=_("Shared electric vehicle"), observes=(battery_charge,)),
        ThingKind(
            slug="charge-point",
            title=_("Charge point"),
            observes=(charging_power, charged_energy),
        ),
    ),
    layers=(
        MapLayer(
            slug="locations",
            # Forty pins would hide everything else on the map of everything.
            shown=False,
            title=_("Charging points"),
            theme="mobility",
            weight=16,
            pins="stadtkern.systems.charging.layers.pins",
            legend=(
                Legend(state="good", title=_("points free")),
                Legend(state="tight", title=_("all in use")),
                Legend(state="bad", title=_("out of order")),
                Legend(state="none", title=_("no live data")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="free",
            title=_("Free charging points"),
            theme="mobility",
            weight=16,
            reading="stadtkern.systems.charging.layers.free_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="points",
            title=_("Charging points: plugs, power and what is free"),
            about=_(
                "Public charging points of the city: where they stand, plugs and power, opening"
                " hours, and their status where the point tells it."
            ),
            theme="TRAN",
            keywords=(_("charging point"), _("electric car"), _("charging station")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=5),
            rows="stadtkern.systems.charging.datasets.point_rows",
            key=("id",),
            licence="cc-by/4.0",
            credit="Bundesnetzagentur.de",
            things=("points",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="evse_id", title=_("Official number (EVSE id)")),
                Column(slug="location", title=_("Location")),
                Column(slug="name", title=_("Name")),
                Column(slug="operator", title=_("Operator")),
                Column(slug="street", title=_("Street and number")),
                Column(slug="postcode", title=_("Postcode")),
                Column(slug="plugs", title=_("Plugs")),
                Column(slug="power", title=_("Power"), kind="number", unit="kW"),
                Column(slug="hours", title=_("Opening hours")),
                Column(slug="accessible", title=_("Without barriers"), kind="boolean"),
                Column(slug="status", title=_("Status")),
                Column(slug="status_at", title=_("Status since"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="cars-per-point",
            title=_("Electric cars and charging points by district"),
            about=_(
                "Counts of electric cars and of charging points with what was counted, the day and"
                " the source of each: only what is defined alike can be compared."
            ),
            theme="TRAN",
            keywords=(_("electric car"), _("charging point"), _("ranking")),
            rhythm="IRREG",
            every=timedelta(hours=6),
            rows="stadtkern.systems.charging.logic.ranking.rows",
            key=("area", "cars_day", "counted_as_cars", "cars_source"),
            columns=(
                Column(slug="area", title=_("District")),
                Column(slug="cars", title=_("Cars"), kind="integer"),
                Column(slug="counted_as_cars", title=_("Counted as cars")),
                Column(slug="cars_day", title=_("Cars as of"), kind="date"),
                Column(slug="cars_source", title=_("Source of the cars")),
                Column(slug="points", title=_("Points"), kind="integer"),
                Column(slug="counted_as_points", title=_("Counted as points")),
                Column(slug="points_day", title=_("Points as of"), kind="date"),
                Column(slug="points_source", title=_("Source of the points")),
                Column(slug="cars_per_point", title=_("Cars per point"), kind="number"),
                Column(slug="note", title=_("Note")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("Find a free charging point"),
            summary=_("Points that are free now, with plug, power and what it costs your car."),
            page="charging:home",
            words=_("electric car, e-car, charge, plug, CCS, type 2, wallbox, fast charger"),
        ),
        Service(
            slug="caddy",
            title=_("Borrow the quarter's electric van"),
            summary=_("The E-Caddy of the climate quarter in Sodingen, by the hour."),
            page="charging:caddies",
            words=_("E-Caddy, carsharing, borrow, transport, climate quarter, Sodingen"),
        ),
    ),
    nav=(
        Nav(label=_("Charging"), to="charging:home", weight=22),
        Nav(label=_("Charging"), to="charging-staff:home", audience="staff", weight=22),
    ),
    permissions=(
        Permission(slug=SEE, title=_("See charging points, sessions and faults")),
        Permission(slug=CONTROL, title=_("Start, stop and restart charging points from afar")),
        Permission(slug=MANAGE, title=_("Change locations, prices, register and partners")),
    ),
    roles=(
        Role(
            slug="operator", title=_("Operator of the charging points"), may=(SEE, CONTROL, MANAGE)
        ),
        Role(slug="service", title=_("Service of the charging points"), may=(SEE, CONTROL)),
    ),
    bookings=(
        BookingKind(
            slug="caddy",
            title=_("Shared electric van"),
            page="charging:caddy-booking",
            finished_after=timedelta(0),
        ),
    ),
    jobs=(
        Job(
            slug="count",
            title=_("Count free charging points"),
            cron="* * * * *",
            run="stadtkern.systems.charging.jobs.count",
        ),
        Job(
            slug="tidy",
            title=_("Forget old statuses and fault reports"),
            cron="53 2 * * *",
            run="stadtkern.systems.charging.jobs.tidy",
        ),
        Job(
            slug="look_after_points",
            title=_("Repair sessions, keep limits, end what nobody answered"),
            cron="* * * * *",
            run="stadtkern.systems.charging.upkeep.look_after",
        ),
        Job(
            slug="power",
            title=_("Store the power of the charge points"),
            cron="*/5 * * * *",
            run="stadtkern.systems.charging.upkeep.store_power",
        ),
        Job(
            slug="thin_out",
            title=_("Thin out meter values, forget old messages"),
            cron="13 3 * * *",
            run="stadtkern.systems.charging.upkeep.thin_out",
        ),
    ),
    personal_data=(
        PersonalData(
            model="charging.FaultReport",
            purpose=_("Have faults of charging points repaired (text of the report, no name)"),
            retention=timedelta(days=365),
            erase="stadtkern.systems.charging.erasing.faults",
        ),
        PersonalData(
            model="bookings.Booking",
            purpose=_("Reach who has booked the shared vehicle"),
            retention=timedelta(days=90),
            erase="stadtkern.systems.charging.erasing.caddy_bookings",
        ),
        PersonalData(
            model="charging.Transaction",
            purpose=_("Bill charging and clear up questions about it (which token, no name)"),
            retention=timedelta(days=400),
            erase="stadtkern.systems.charging.upkeep.forget_who_charged",
        ),
        PersonalData(
            model="charging.Token",
            purpose=_("Let people charge with a card or an app (sealed number, no name)"),
            retention=timedelta(days=800),
            erase="stadtkern.systems.charging.upkeep.forget_tokens",
        ),
    ),
    feeds=(
        Feed(standard="charging", build="stadtkern.systems.charging.feed.locations"),
        Feed(standard="roaming", build="stadtkern.systems.charging.roaming.desk"),
        Feed(standard="sharing", build="stadtkern.systems.charging.feed.fleets"),
    ),
    websockets=(Websocket(path="ocpp", serve="stadtkern.systems.charging.ocpp.door.serve"),),
    pages="stadtkern.systems.charging.layers.pages",
    urls={
        "public": "stadtkern.systems.charging.pages",
        "staff": "stadtkern.systems.charging.staff",
    },
    checks=("stadtkern.systems.charging.checking.problems",),
    demo="stadtkern.systems.charging.demo.fill",
)
