"""Lock your bicycle in a box at the station: find, rent, pay and open."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    BookingKind,
    Column,
    Dataset,
    DeviceProfile,
    Feed,
    Job,
    Legend,
    Listener,
    MapLayer,
    Measure,
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
)

free_boxes = Observed(
    slug="free_boxes",
    title=_("Free bike boxes"),
    unit="1",
    unit_name="count",
    decimals=0,
    stale_after=timedelta(minutes=30),
    low=0,
)
door_open = Observed(
    slug="door_open",
    title=_("Door of a box (1 open, 0 closed)"),
    unit="1",
    unit_name="0 closed, 1 open",
    decimals=0,
    stale_after=timedelta(hours=25),
    low=0,
    high=1,
)
bike_inside = Observed(
    slug="bike_inside",
    title=_("Bicycle in a box (1 yes, 0 no)"),
    unit="1",
    unit_name="0 empty, 1 bicycle inside",
    decimals=0,
    stale_after=timedelta(hours=25),
    low=0,
    high=1,
)
SEE, OPEN, MANAGE, PRICES, PARTNERS = "see", "open", "manage", "prices", "partners"

system = System(
    slug="bike_boxes",
    title=_("Bike boxes"),
    summary=_("Lock your bicycle in a box at the station: find, rent, pay and open."),
    package="stadtkern.systems.bike_boxes",
    theme="mobility",
    path="fahrradboxen",
    settings="stadtkern.systems.bike_boxes.settings.BikeBoxSettings",
    place_kinds=(PlaceKind(slug="facility", title=_("Bike boxes"), plural=_("Bike boxes")),),
    thing_kinds=(
        ThingKind(slug="count", title=_("Free bike boxes"), observes=(free_boxes,)),
        ThingKind(slug="door-contact", title=_("Door contact of a box"), observes=(door_open,)),
        ThingKind(
            slug="bike-sensor", title=_("Occupancy sensor of a box"), observes=(bike_inside,)
        ),
    ),
    profiles=(
        DeviceProfile(
            slug="milesight-ws301",
            title=_("Door contact"),
            vendor="Milesight",
            model="WS301",
            codec="codecs/milesight-ws301.js",
            thing_kind="door-contact",
            measures=(Measure(path="open", property="door_open"),),
            battery="battery",
            uplink_every=timedelta(hours=24),
        ),
        DeviceProfile(
            slug="milesight-vs340",
            title=_("Occupancy sensor"),
            vendor="Milesight",
            model="VS340",
            codec="codecs/milesight-vs340.js",
            thing_kind="bike-sensor",
            measures=(Measure(path="occupied", property="bike_inside"),),
            battery="battery",
            uplink_every=timedelta(hours=24),
        ),
    ),
    layers=(
        MapLayer(
            slug="facilities",
            title=_("Bike boxes"),
            theme="mobility",
            weight=14,
            pins="stadtkern.systems.bike_boxes.layers.pins",
            legend=(
                Legend(state="good", title=_("boxes free")),
                Legend(state="tight", title=_("few boxes free")),
                Legend(state="bad", title=_("no box free")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="free",
            title=_("Free bike boxes"),
            theme="mobility",
            weight=14,
            reading="stadtkern.systems.bike_boxes.layers.free_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="facilities",
            title=_("Bike boxes: free boxes now"),
            about=_(
                "Places with lockable bike boxes: how many there are, how many are free until"
                " tonight, and how many are out of service."
            ),
            theme="TRAN",
            keywords=(_("bike boxes"), _("bicycle parking"), _("station")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=5),
            rows="stadtkern.systems.bike_boxes.datasets.facility_rows",
            key=("id",),
            things=("count",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="boxes", title=_("Boxes"), kind="integer"),
                Column(slug="free", title=_("Free boxes"), kind="integer"),
                Column(slug="out_of_service", title=_("Out of service"), kind="integer"),
                Column(slug="counted_at", title=_("Counted at"), kind="datetime"),
                Column(slug="source", title=_("Source of the position")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
    ),
    services=(
        Service(
            slug="rent",
            title=_("Rent a bike box"),
            summary=_("Lock your bicycle at the station for a day, a week, a month or a year."),
            page="bike_boxes:home",
            words=_("bicycle, bike, locker, box, station, park and ride, rent, garage"),
        ),
        Service(
            slug="mine",
            title=_("Open or extend my bike box"),
            summary=_("Find your rental with the code from our mail."),
            page="bike_boxes:find",
            words=_("PIN, open, extend, end, cancel, receipt"),
        ),
    ),
    nav=(
        Nav(label=_("Bike boxes"), to="bike_boxes:home", weight=24),
        Nav(label=_("Bike boxes"), to="bike_boxes-staff:home", audience="staff", weight=24),
    ),
    permissions=(
        Permission(slug=SEE, title=_("See bike boxes, rentals and figures")),
        Permission(slug=OPEN, title=_("Open bike boxes from afar")),
        Permission(slug=MANAGE, title=_("Take boxes out of service, end rentals, rescue bicycles")),
        Permission(slug=PRICES, title=_("Change the prices of bike boxes")),
        Permission(slug=PARTNERS, title=_("Give keys to partners and controllers")),
    ),
    roles=(
        Role(
            slug="operator",
            title=_("Operator of the bike boxes"),
            may=(SEE, OPEN, MANAGE, PRICES, PARTNERS),
        ),
        Role(slug="service", title=_("Service of the bike boxes"), may=(SEE, OPEN, MANAGE)),
    ),
    bookings=(BookingKind(slug="rental", title=_("Bike box"), page="bike_boxes:rental"),),
    jobs=(
        Job(
            slug="look_after",
            title=_("End rentals, remind, see to bicycles that stay"),
            cron="*/5 * * * *",
            run="stadtkern.systems.bike_boxes.jobs.look_after",
        ),
        Job(
            slug="tell",
            title=_("Tell partners again what they have not taken"),
            cron="* * * * *",
            run="stadtkern.systems.bike_boxes.jobs.tell",
        ),
        Job(
            slug="count",
            title=_("Count free bike boxes"),
            cron="*/5 * * * *",
            run="stadtkern.systems.bike_boxes.jobs.count",
        ),
        Job(
            slug="tidy",
            title=_("Forget old door events and changes"),
            cron="41 2 * * *",
            run="stadtkern.systems.bike_boxes.jobs.tidy",
        ),
    ),
    listens=(
        Listener(
            event="stadtkern.kernel.payments.events.ChargeChanged",
            call="stadtkern.systems.bike_boxes.logic.listening.charge_changed",
            kinds=("bike_boxes.rental",),
        ),
        Listener(
            event="stadtkern.kernel.bookings.events.BookingChanged",
            call="stadtkern.systems.bike_boxes.logic.listening.booking_changed",
            kinds=("bike_boxes.rental",),
        ),
        Listener(
            event="stadtkern.kernel.events.ObservationsStored",
            call="stadtkern.systems.bike_boxes.logic.doors.sensed",
            kinds=("bike_boxes.door-contact", "bike_boxes.bike-sensor"),
        ),
    ),
    personal_data=(
        PersonalData(
            model="bookings.Booking",
            purpose=_("Send the PIN, reach the renter about the box and the bicycle"),
            retention=timedelta(days=90),
            erase="stadtkern.systems.bike_boxes.erasing.rentals",
        ),
        PersonalData(
            model="bike_boxes.DoorEvent",
            purpose=_("Clear up what happened to a box"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.bike_boxes.erasing.door_events",
        ),
        PersonalData(
            model="bike_boxes.Card",
            purpose=_("Open a box with a season-ticket card (pseudonym, no number)"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.bike_boxes.erasing.cards",
        ),
    ),
    feeds=(Feed(standard="parking", build="stadtkern.systems.bike_boxes.feed.facilities"),),
    urls={
        "public": "stadtkern.systems.bike_boxes.pages",
        "staff": "stadtkern.systems.bike_boxes.staff",
        "api": "stadtkern.systems.bike_boxes.api",
    },
    checks=("stadtkern.systems.bike_boxes.checking.problems",),
    demo="stadtkern.systems.bike_boxes.demo.fill",
)
