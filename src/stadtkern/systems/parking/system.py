"""Smart parking: free park-and-ride bays on the map, by site and by bay, with their history."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    DeviceProfile,
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
    ),
    thing_kinds=(
        ThingKind(slug="bay-sensor", title=_("Bay sensor"), observes=(occupied,)),
        ThingKind(slug="count", title=_("Occupancy count"), observes=(free_bays,)),
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
    ),
    layers=(
        MapLayer(
            slug="sites",
            title=_("Park and ride"),
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
    ),
    tiles=(
        Tile(
            slug="free",
            title=_("Free park-and-ride bays"),
            theme="mobility",
            weight=10,
            reading="stadtkern.systems.parking.layers.free_tile",
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
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="bays",
            title=_("Park and ride: parking bays"),
            about=_(
                "Every parking bay with its position, for whom it is kept, and whether it is "
                "free. Where the sensor is silent, the state is unknown."
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
    ),
    services=(
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
    ),
    permissions=(Permission(slug="see_bays", title=_("See the state of bay sensors")),),
    roles=(Role(slug="warden", title=_("Parking supervision"), may=("see_bays",)),),
    jobs=(
        Job(
            slug="recount",
            title=_("Count free bays"),
            cron="*/5 * * * *",
            run="stadtkern.systems.parking.jobs.recount_all",
        ),
    ),
    listens=(
        Listener(
            event="stadtkern.kernel.events.ObservationsStored",
            call="stadtkern.systems.parking.logic.recount",
            kinds=("parking.bay-sensor",),
        ),
    ),
    urls={
        "public": "stadtkern.systems.parking.pages",
        "staff": "stadtkern.systems.parking.staff",
    },
    checks=("stadtkern.systems.parking.logic.check_sites",),
    demo="stadtkern.systems.parking.demo.fill",
)
