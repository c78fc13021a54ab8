"""Smart parking: free park-and-ride bays on the map, by site and by bay, with their history."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
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
