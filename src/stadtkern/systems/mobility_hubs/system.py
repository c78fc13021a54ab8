"""Bus, bike box, car park and charging point at one place, with what is free now."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Feed,
    Job,
    Legend,
    MapLayer,
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

PACKAGE = "stadtkern.systems.mobility_hubs"


system = System(
    slug="mobility_hubs",
    title=_("Mobility stations"),
    summary=_("Bus, bike box, car park and charging point at one place, with what is free now."),
    package=PACKAGE,
    theme="mobility",
    path="mobilstationen",
    settings=f"{PACKAGE}.settings.MobilityHubsSettings",
    place_kinds=(
        PlaceKind(slug="hub", title=_("Mobility station"), plural=_("Mobility stations")),
    ),
    thing_kinds=(
        ThingKind(
            slug="availability",
            title=_("Free capacity of a mobility station"),
            observes=(
                Observed(
                    slug="free_car", title=_("Free parking bays"), unit="1", unit_name="count",
                    decimals=0, low=0, stale_after=timedelta(minutes=30),
                ),
                Observed(
                    slug="free_bike", title=_("Free bike boxes"), unit="1", unit_name="count",
                    decimals=0, low=0, stale_after=timedelta(minutes=30),
                ),
                Observed(
                    slug="free_charging", title=_("Free charging points"), unit="1",
                    unit_name="count", decimals=0, low=0, stale_after=timedelta(minutes=30),
                ),
                Observed(
                    slug="free_sharing", title=_("Vehicles to share"), unit="1",
                    unit_name="count", decimals=0, low=0, stale_after=timedelta(minutes=30),
                ),
            ),
        ),
    ),
    layers=(
        MapLayer(
            slug="hubs",
            title=_("Mobility stations"),
            theme="mobility",
            weight=14,
            pins=f"{PACKAGE}.layers.pins",
            legend=(
                Legend(state="good", title=_("all numbers are current")),
                Legend(state="tight", title=_("some numbers are missing")),
                Legend(state="none", title=_("no current data")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="free",
            title=_("Free at the mobility stations"),
            theme="mobility",
            weight=14,
            reading=f"{PACKAGE}.layers.free_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="hubs",
            title=_("Mobility stations: what is free now"),
            about=_(
                "The mobility stations with the free parking bays, bike boxes, charging points"
                " and vehicles to share near them. A number that is not current is missing."
            ),
            theme="TRAN",
            keywords=(_("mobility station"), _("sharing"), _("bike box"), _("charging points")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=5),
            rows=f"{PACKAGE}.datasets.hub_rows",
            key=("id",),
            things=("availability",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="free_parking", title=_("Free parking bays"), kind="integer"),
                Column(slug="free_bike_boxes", title=_("Free bike boxes"), kind="integer"),
                Column(slug="free_charging", title=_("Free charging points"), kind="integer"),
                Column(slug="shared_vehicles", title=_("Vehicles to share"), kind="integer"),
                Column(slug="stops", title=_("Stops")),
                Column(slug="wifi", title=_("Free WiFi"), kind="boolean"),
                Column(slug="oldest_at", title=_("Oldest number"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("Find a mobility station"),
            summary=_("Departures, bike boxes, parking, charging and sharing at one place."),
            page="mobility_hubs:home",
            words=_("station, bus, tram, train, departure, sharing, interchange, stop"),
        ),
    ),
    nav=(
        Nav(label=_("Mobility stations"), to="mobility_hubs:home", weight=26),
        Nav(
            label=_("Mobility stations"), to="mobility_hubs-staff:home", audience="staff",
            weight=26,
        ),
    ),
    permissions=(
        Permission(slug="see", title=_("See the feeds of the mobility stations")),
        Permission(slug="manage", title=_("Change mobility stations and their feeds")),
    ),
    roles=(
        Role(slug="manager", title=_("Mobility stations"), may=("see", "manage")),
    ),
    jobs=(
        Job(
            slug="pull",
            title=_("Read timetables, delays and shared vehicles"),
            cron="* * * * *",
            run=f"{PACKAGE}.jobs.pull",
        ),
        Job(
            slug="count",
            title=_("Count what is free at mobility stations"),
            cron="*/5 * * * *",
            run=f"{PACKAGE}.jobs.count",
        ),
    ),
    feeds=(Feed(standard="sharing", build=f"{PACKAGE}.feed.fleets"),),
    pages=f"{PACKAGE}.layers.found",
    urls={
        "public": f"{PACKAGE}.pages",
        "staff": f"{PACKAGE}.staff",
        "api": f"{PACKAGE}.api",
    },
    checks=(f"{PACKAGE}.checking.problems",),
    demo=f"{PACKAGE}.demo.fill",
)  # fmt: skip
