"""Smart parking: free park-and-ride bays on the map, by site and by bay, with their history."""

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
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
    PlaceKind,
    Role,
    Service,
    System,
    ThingKind,
    Tile,
)
from stadtkern.systems.parking.boards import declaration as boards

occupied = Observed(
    slug="occupied",
    title=_("Occupied (1 yes, 0 no)"),
    unit="1",
    unit_name="0 free, 1 occupied",
    decimals=0,
    definition="https://uri.etsi.org/ngsi-ld/status",
    stale_after=timedelta(hours=25),
    low=0,
    high=1,
)
free_bays = Observed(
    slug="free_bays",
    title=_("Free bays"),
    unit="1",
    unit_name="count",
    decimals=0,
    definition="https://uri.etsi.org/ngsi-ld/availableSpotNumber",
    stale_after=timedelta(minutes=30),
    low=0,
)
counter_a = Observed(
    slug="passed_a",
    title=_("Vehicles in all, counter A"),
    unit="1",
    unit_name="count",
    decimals=0,
    stale_after=timedelta(minutes=30),
    low=0,
)
counter_b = replace(counter_a, slug="passed_b", title=_("Vehicles in all, counter B"))

LEGEND = (
    Legend(state="good", title=_("many free")),
    Legend(state="tight", title=_("few free")),
    Legend(state="bad", title=_("full")),
    Legend(state="none", title=_("no current data")),
)

system = System(
    slug="parking",
    title=_("Parking"),
    summary=_("Free park-and-ride bays at the stations, live and over time."),
    package="stadtkern.systems.parking",
    theme="mobility",
    path="parken",
    settings="stadtkern.systems.parking.settings.ParkingSettings",
    place_kinds=(
        PlaceKind(slug="site", title=_("Car park"), plural=_("Car parks")),
        PlaceKind(slug="bay", title=_("Parking bay"), plural=_("Parking bays")),
        boards.PLACE,
    ),
    thing_kinds=(
        ThingKind(slug="bay-sensor", title=_("Bay sensor"), observes=(occupied,)),
        ThingKind(slug="count", title=_("Occupancy count"), observes=(free_bays,)),
        ThingKind(
            slug="lane-counter",
            title=_("Counter at a lane"),
            observes=(counter_a, counter_b),
        ),
        boards.THING,
    ),
    profiles=(
        # It reports each change, and its state once a day.
        DeviceProfile(
            slug="bosch-tps110",
            title=_("Parking bay sensor"),
            vendor="Bosch",
            model="TPS110",
            codec="codecs/bosch-tps110.js",
            thing_kind="bay-sensor",
            measures=(Measure(path="occupied", property="occupied"),),
            uplink_every=timedelta(hours=24),
        ),
        # Its two inputs take the loops of a lane: one for each direction.
        DeviceProfile(
            slug="adeunis-pulse",
            title=_("Counter at a lane"),
            vendor="Adeunis",
            model="PULSE",
            codec="codecs/adeunis-pulse.js",
            thing_kind="lane-counter",
            measures=(
                Measure(path="counterA", property="passed_a"),
                Measure(path="counterB", property="passed_b"),
            ),
            uplink_every=timedelta(minutes=10),
        ),
        boards.PROFILE,
    ),
    layers=(
        MapLayer(
            slug="sites",
            title=_("Car parks"),
            theme="mobility",
            weight=10,
            pins="stadtkern.systems.parking.layers.site_pins",
            replay="stadtkern.systems.parking.layers.site_then",
            legend=LEGEND,
        ),
        MapLayer(
            slug="bays",
            title=_("Parking bays"),
            theme="mobility",
            weight=11,
            min_zoom=15,
            pins="stadtkern.systems.parking.layers.bay_pins",
            legend=(
                Legend(state="good", title=_("free")),
                Legend(state="bad", title=_("occupied")),
                Legend(state="none", title=_("no current data")),
            ),
        ),
        boards.LAYER,
    ),
    tiles=(
        Tile(
            slug="free",
            title=_("Free parking spaces"),
            theme="mobility",
            weight=10,
            reading="stadtkern.systems.parking.layers.free_tile",
        ),
        Tile(
            slug="ahead",
            title=_("Free parking spaces, forecast"),
            theme="mobility",
            weight=60,
            reading="stadtkern.systems.parking.tiles.ahead_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="sites",
            title=_("Park and ride: free bays now"),
            about=_(
                "Car parks at the stations with the number of their bays and how many are free, "
                "counted from sensors in the bays. Where too few sensors report, the number is "
                "missing."
            ),
            theme="TRAN",
            keywords=(_("parking"), _("park and ride"), _("free bays"), _("station")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=5),
            rows="stadtkern.systems.parking.datasets.site_rows",
            key=("id",),
            things=("count",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="capacity", title=_("Bays"), kind="integer"),
                Column(slug="free", title=_("Free bays"), kind="integer"),
                Column(slug="occupied", title=_("Occupied bays"), kind="integer"),
                Column(slug="unknown", title=_("Bays without a report"), kind="integer"),
                Column(slug="state", title=_("State")),
                Column(slug="counted_at", title=_("Counted at"), kind="datetime"),
                Column(slug="out_of_service", title=_("Bays out of service"), kind="integer"),
                Column(slug="kind", title=_("Kind"), about=_("`type` of ParkAPI v3")),
                Column(slug="open", title=_("Open now"), kind="boolean"),
                Column(
                    slug="opening_hours",
                    title=_("Opening hours"),
                    about=_("in the syntax of OpenStreetMap"),
                ),
                Column(slug="closed_until", title=_("Closed until"), kind="datetime"),
                Column(slug="disabled", title=_("Bays for disabled people"), kind="integer"),
                Column(
                    slug="disabled_free", title=_("Of these free: disabled people"), kind="integer"
                ),
                Column(slug="electric", title=_("Bays for electric cars"), kind="integer"),
                Column(
                    slug="electric_free", title=_("Of these free: electric cars"), kind="integer"
                ),
                Column(slug="family", title=_("Bays for families"), kind="integer"),
                Column(slug="family_free", title=_("Of these free: families"), kind="integer"),
                Column(
                    slug="trend", title=_("Trend"), about=_("rising: more vehicles than before")
                ),
                Column(
                    slug="confidence",
                    title=_("Confidence"),
                    kind="number",
                    about=_(
                        "From 0 to 1: share of known bays × age of the number × faults × age of "
                        "the last count by hand."
                    ),
                ),
                Column(slug="max_height_cm", title=_("Height"), kind="integer", unit="cm"),
                Column(
                    slug="max_stay_minutes", title=_("Longest stay"), kind="integer", unit="min"
                ),
                Column(slug="has_fee", title=_("Costs a fee"), kind="boolean"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="history",
            title=_("Car parks: free spaces by the hour"),
            about=_(
                "How many spaces were free in each hour of the last 31 days: mean, lowest and "
                "highest. Counts of whole car parks, nothing about single bays or vehicles."
            ),
            theme="TRAN",
            keywords=(_("parking"), _("time series"), _("free bays")),
            rhythm="HOURLY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.parking.datasets.history_rows",
            key=("id", "hour"),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="hour", title=_("Hour"), kind="datetime"),
                Column(slug="free", title=_("Free spaces, mean"), kind="number"),
                Column(slug="lowest", title=_("Free spaces, lowest"), kind="integer"),
                Column(slug="highest", title=_("Free spaces, highest"), kind="integer"),
                Column(slug="counts", title=_("Number of counts"), kind="integer"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
        Dataset(
            slug="bays",
            title=_("Park and ride: parking bays"),
            about=_(
                "Every parking bay with its position, for whom it is kept, and whether it is "
                "free. Where the sensor is silent, the state is unknown. Bays for disabled people "
                "have no time of their last report: one person may park there every day, and how "
                "long is not published."
            ),
            theme="TRAN",
            keywords=(_("parking"), _("parking bay"), _("disabled parking"), _("sensor")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=15),
            rows="stadtkern.systems.parking.datasets.bay_rows",
            key=("id",),
            things=("bay-sensor",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="site", title=_("Car park")),
                Column(slug="row", title=_("Row of bays")),
                Column(slug="number", title=_("Number"), kind="integer"),
                Column(slug="kept_for", title=_("Kept for")),
                Column(slug="state", title=_("State")),
                Column(slug="changed_at", title=_("Last report"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        boards.DATASET,
    ),
    services=(
        Service(
            slug="near",
            title=_("Find a parking space near a destination"),
            summary=_("Way on foot, price, height, and the chance that it is free on arrival."),
            page="parking:find",
            words=_("car park, navigation, destination, route, free space, disabled parking"),
        ),
        Service(
            slug="find",
            title=_("Find a parking bay"),
            summary=_("See how many park-and-ride bays are free before you drive."),
            page="parking:home",
            words=_("car park, park and ride, P+R, commuter, station, free space"),
        ),
    ),
    nav=(
        Nav(label=_("Parking"), to="parking:home", weight=20),
        Nav(label=_("Parking bays"), to="parking-staff:bays", audience="staff", weight=20),
        Nav(label=_("Car parks"), to="parking-staff:sites", audience="staff", weight=19),
        Nav(label=_("Faults at car parks"), to="parking-staff:faults", audience="staff", weight=21),
        Nav(
            label=_("Forecasts of free spaces"),
            to="parking-staff:forecast",
            audience="staff",
            weight=23,
        ),
        *boards.NAV,
    ),
    permissions=(
        Permission(slug="see_bays", title=_("See the state of bay sensors")),
        Permission(slug="manage_sites", title=_("Change car parks, close bays, check faults")),
        Permission(slug="count", title=_("Count vehicles by hand")),
        Permission(slug="manage_sources", title=_("Read car parks of other operators")),
        *boards.PERMISSIONS,
    ),
    roles=(
        Role(
            slug="warden",
            title=_("Parking supervision"),
            may=("see_bays", "manage_sites", "count", "manage_sources", boards.SEE, boards.MANAGE),
        ),
    ),
    jobs=(
        Job(
            slug="recount",
            title=_("Count free bays"),
            cron="*/5 * * * *",
            run="stadtkern.systems.parking.jobs.recount_all",
        ),
        Job(
            slug="faults",
            title=_("Look for faults of sensors"),
            cron="7,22,37,52 * * * *",
            run="stadtkern.systems.parking.jobs.look_for_faults",
        ),
        # The night ends by the city's clock; the job itself knows when that is.
        Job(
            slug="nights",
            title=_("Correct counts from the night"),
            cron="41 * * * *",
            run="stadtkern.systems.parking.jobs.correct_from_night",
        ),
        Job(
            slug="learn",
            title=_("Learn how car parks fill"),
            cron="23 1 * * *",
            run="stadtkern.systems.parking.logic.forecast.learning.learn_all",
        ),
        Job(
            slug="foresee",
            title=_("Foresee free spaces"),
            cron="*/5 * * * *",
            run="stadtkern.systems.parking.logic.forecast.making.foresee_all",
        ),
        Job(
            slug="arrivals",
            title=_("Count arrivals by occupancy"),
            cron="47 1 * * *",
            run="stadtkern.systems.parking.logic.guidance.traffic.arrivals.catch_up",
        ),
        Job(
            slug="pull_sources",
            title=_("Read car parks of other operators"),
            cron="*/5 * * * *",
            run="stadtkern.systems.parking.sources.pulling.pull_due",
        ),
        *boards.JOBS,
    ),
    listens=(
        Listener(
            event="stadtkern.kernel.events.ObservationsStored",
            call="stadtkern.systems.parking.logic.recount",
            kinds=("parking.bay-sensor", "parking.lane-counter"),
        ),
        *boards.LISTENS,
    ),
    feeds=(
        Feed(standard="parking", build="stadtkern.systems.parking.feed.facilities"),
        Feed(standard="signs", build="stadtkern.systems.parking.feed_signs.signs"),
    ),
    urls={
        "public": "stadtkern.systems.parking.pages",
        "staff": "stadtkern.systems.parking.staff",
        "api": "stadtkern.systems.parking.api",
    },
    checks=(
        "stadtkern.systems.parking.logic.check_sites",
        "stadtkern.systems.parking.sources.checks.problems",
        boards.CHECK,
    ),
    demo="stadtkern.systems.parking.demo.fill",
)
