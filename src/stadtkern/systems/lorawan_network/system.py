"""The city's LoRaWAN: what it is for, how far it reaches as measured, how to join."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    DeviceProfile,
    Legend,
    MapLayer,
    Nav,
    PlaceKind,
    Service,
    System,
    ThingKind,
    Tile,
)

system = System(
    slug="lorawan_network",
    title=_("LoRaWAN"),
    summary=_("The city's radio network for sensors: measured coverage, gateways, how to join."),
    package="stadtkern.systems.lorawan_network",
    theme="data",
    path="lorawan",
    settings="stadtkern.systems.lorawan_network.settings.LorawanSettings",
    place_kinds=(
        PlaceKind(slug="gateway", title=_("LoRaWAN gateway"), plural=_("LoRaWAN gateways")),
    ),
    # It has no place: it is where it says it is, and what it measures is the coverage.
    thing_kinds=(ThingKind(slug="tester", title=_("Field tester"), observes=()),),
    profiles=(
        DeviceProfile(
            slug="lpp-gps-tester",
            title=_("Field tester with GPS"),
            vendor="Cayenne LPP",
            model="GPS",
            codec="codecs/lpp-gps.js",
            thing_kind="tester",
            measures=(),
            uplink_every=timedelta(hours=24),
        ),
    ),
    layers=(
        MapLayer(
            slug="gateways",
            title=_("LoRaWAN gateways"),
            theme="data",
            weight=60,
            pins="stadtkern.systems.lorawan_network.layers.gateway_pins",
            legend=(
                Legend(state="good", title=_("receives")),
                Legend(state="bad", title=_("silent")),
                Legend(state="none", title=_("no current data")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="gateways",
            title=_("LoRaWAN gateways"),
            theme="data",
            weight=60,
            reading="stadtkern.systems.lorawan_network.layers.gateways_tile",
        ),
        Tile(
            slug="messages",
            title=_("LoRaWAN messages in 24 hours"),
            theme="data",
            weight=61,
            reading="stadtkern.systems.lorawan_network.layers.messages_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="gateways",
            title=_("LoRaWAN gateways"),
            about=_(
                "The city's own gateways of the radio network for sensors, with their state and "
                "how many messages they received in 24 hours."
            ),
            theme="TECH",
            keywords=(_("LoRaWAN"), _("gateway"), _("radio network"), _("internet of things")),
            rhythm="HOURLY",
            every=timedelta(minutes=30),
            rows="stadtkern.systems.lorawan_network.datasets.gateway_rows",
            key=("id",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="state", title=_("State")),
                Column(slug="messages_24h", title=_("Messages in 24 hours"), kind="integer"),
                Column(slug="last_heard", title=_("Last heard"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="coverage",
            title=_("Measured coverage of the LoRaWAN"),
            about=_(
                "Hexagons from which sensors were heard, with the best and the middle reception. "
                "Measured, not modelled: where there is no hexagon, nothing was measured."
            ),
            theme="TECH",
            keywords=(_("LoRaWAN"), _("coverage"), _("reception"), _("radio network")),
            rhythm="DAILY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.lorawan_network.datasets.coverage_rows",
            key=("cell",),
            credit=_("Measured by the city's own gateways"),
            columns=(
                Column(slug="cell", title=_("Hexagon (H3)")),
                Column(slug="reception", title=_("Reception")),
                Column(slug="rssi_best", title=_("Best RSSI"), kind="number", unit="dBm"),
                Column(slug="snr_best", title=_("Best SNR"), kind="number", unit="dB"),
                Column(slug="rssi_median", title=_("Middle RSSI"), kind="number", unit="dBm"),
                Column(slug="snr_median", title=_("Middle SNR"), kind="number", unit="dB"),
                Column(slug="measurements", title=_("Measurements"), kind="integer"),
                Column(slug="too_few", title=_("Too few to rely upon"), kind="boolean"),
                Column(slug="gateways", title=_("Gateways that heard it"), kind="integer"),
                Column(slug="last_heard", title=_("Last heard"), kind="datetime"),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Outline"), kind="geometry"),
            ),
        ),
    ),
    services=(
        Service(
            slug="network",
            title=_("LoRaWAN in the city"),
            summary=_("What the radio network for sensors is for, and where it can be received."),
            page="lorawan_network:home",
            words=_("LoRaWAN, sensor network, internet of things, IoT, coverage, gateway, theft"),
        ),
        Service(
            slug="join",
            title=_("Register a sensor"),
            summary=_("How your own sensor gets into the city's LoRaWAN, step by step."),
            page="lorawan_network:join",
            words=_("LoRaWAN, join, sign up, DevEUI, EU868, school, company, device"),
        ),
    ),
    nav=(Nav(label=_("LoRaWAN"), to="lorawan_network:home", weight=60),),
    urls={
        "public": "stadtkern.systems.lorawan_network.pages",
        "api": "stadtkern.systems.lorawan_network.api",
    },
    checks=("stadtkern.systems.lorawan_network.logic.check_gateways",),
    demo="stadtkern.systems.lorawan_network.demo.fill",
)
