"""Environment: what weather, air and traffic are like in the city, now and over time."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    DeviceProfile,
    Legend,
    MapLayer,
    Measure,
    Nav,
    PlaceKind,
    Service,
    System,
    ThingKind,
    Tile,
)
from stadtkern.systems.environment.observed import (
    count_in,
    count_out,
    dissolved_oxygen,
    humidity,
    no2,
    o3,
    pm10,
    pm25,
    rain,
    so2,
    temperature,
    trunk_moisture,
    trunk_temperature,
    water_temperature,
    wind,
)

PROFILES = (
    DeviceProfile(
        slug="milesight-em300-th",
        title=_("Temperature and humidity sensor"),
        vendor="Milesight",
        model="EM300-TH",
        codec="codecs/milesight-em300-th.js",
        thing_kind="weather",
        battery="battery",
        uplink_every=timedelta(minutes=10),
        measures=(
            Measure(path="temperature", property="air_temperature"),
            Measure(path="humidity", property="relative_humidity"),
        ),
    ),
    # It reports its battery in volts, which says little about its charge: left out.
    DeviceProfile(
        slug="decentlab-dl-pm",
        title=_("Particulate matter sensor"),
        vendor="Decentlab",
        model="DL-PM",
        codec="codecs/decentlab-dl-pm.js",
        thing_kind="air",
        uplink_every=timedelta(minutes=10),
        measures=(
            Measure(path="pm10_mass_concentration.value", property="pm10"),
            Measure(path="pm2_5_mass_concentration.value", property="pm25"),
        ),
    ),
    # Its total is a running one; the period is what passed since the last message.
    DeviceProfile(
        slug="milesight-vs133",
        title=_("People counter"),
        vendor="Milesight",
        model="VS133",
        codec="codecs/milesight-vs133.js",
        thing_kind="counter",
        uplink_every=timedelta(minutes=10),
        measures=(
            Measure(path="line_1_period_in", property="count_in"),
            Measure(path="line_1_period_out", property="count_out"),
        ),
    ),
)

VALUE = (
    Legend(state="info", title=_("current value")),
    Legend(state="none", title=_("no current data")),
)
INDEX = (
    Legend(state="good", title=_("very good or good")),
    Legend(state="tight", title=_("moderate")),
    Legend(state="bad", title=_("poor or very poor")),
    Legend(state="none", title=_("no current data")),
)

system = System(
    slug="environment",
    title=_("Environment"),
    summary=_("Weather, air quality and counts in the city, now and over time."),
    package="stadtkern.systems.environment",
    theme="climate",
    path="umwelt",
    settings="stadtkern.systems.environment.settings.EnvironmentSettings",
    place_kinds=(
        PlaceKind(slug="weather", title=_("Weather station"), plural=_("Weather stations")),
        PlaceKind(slug="air", title=_("Air quality station"), plural=_("Air quality stations")),
        PlaceKind(slug="counter", title=_("Counting point"), plural=_("Counting points")),
        PlaceKind(slug="water", title=_("Measured water"), plural=_("Measured waters")),
        PlaceKind(slug="tree", title=_("Measured tree"), plural=_("Measured trees")),
    ),
    thing_kinds=(
        ThingKind(
            slug="weather", title=_("Weather station"), observes=(temperature, humidity, rain, wind)
        ),
        ThingKind(slug="air", title=_("Air quality station"), observes=(pm10, pm25, no2, o3, so2)),
        ThingKind(slug="counter", title=_("Counter"), observes=(count_in, count_out)),
        ThingKind(
            slug="water", title=_("Water logger"), observes=(water_temperature, dissolved_oxygen)
        ),
        ThingKind(
            slug="tree", title=_("Tree sensor"), observes=(trunk_moisture, trunk_temperature)
        ),
    ),
    profiles=PROFILES,
    layers=(
        MapLayer(
            slug="weather",
            title=_("Weather"),
            theme="climate",
            weight=20,
            pins="stadtkern.systems.environment.layers.weather_pins",
            legend=VALUE,
        ),
        MapLayer(
            slug="air",
            title=_("Air quality"),
            theme="air",
            weight=21,
            pins="stadtkern.systems.environment.layers.air_pins",
            replay="stadtkern.systems.environment.layers.air_then",
            legend=INDEX,
        ),
        MapLayer(
            slug="counts",
            title=_("Counts"),
            theme="mobility",
            weight=30,
            pins="stadtkern.systems.environment.layers.counter_pins",
            legend=VALUE,
        ),
        MapLayer(
            slug="water",
            title=_("Waters"),
            theme="water",
            weight=40,
            pins="stadtkern.systems.environment.nature.water_pins",
            legend=VALUE,
        ),
        MapLayer(
            slug="trees",
            title=_("Trees with sensors"),
            theme="green",
            weight=41,
            pins="stadtkern.systems.environment.nature.tree_pins",
            legend=VALUE,
        ),
    ),
    tiles=(
        Tile(
            slug="air",
            title=_("Air quality"),
            theme="air",
            weight=20,
            reading="stadtkern.systems.environment.layers.air_tile",
        ),
        Tile(
            slug="temperature",
            title=_("Temperature"),
            theme="climate",
            weight=30,
            reading="stadtkern.systems.environment.layers.temperature_tile",
        ),
        Tile(
            slug="people",
            title=_("People counted"),
            theme="mobility",
            weight=40,
            reading="stadtkern.systems.environment.layers.counter_tile",
        ),
        Tile(
            slug="water",
            title=_("Water temperature"),
            theme="water",
            weight=70,
            reading="stadtkern.systems.environment.nature.water_tile",
        ),
        Tile(
            slug="trees",
            title=_("Moisture in the trunk"),
            theme="green",
            weight=71,
            reading="stadtkern.systems.environment.nature.tree_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="weather",
            title=_("Weather stations: current values"),
            about=_(
                "The newest values of the city's weather stations. Values that are too old are "
                "left out; the full series can be had through the SensorThings API."
            ),
            theme="ENVI",
            keywords=(_("weather"), _("temperature"), _("humidity"), _("climate"), _("sensor")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=10),
            hvd="c_164e0bf5",
            rows="stadtkern.systems.environment.datasets.weather_rows",
            key=("id",),
            things=("weather",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(
                    slug="air_temperature", title=_("Air temperature"), kind="number", unit="°C"
                ),
                Column(
                    slug="relative_humidity", title=_("Relative humidity"), kind="number", unit="%"
                ),
                Column(slug="rain_rate", title=_("Rain"), kind="number", unit="mm/h"),
                Column(slug="wind_speed", title=_("Wind speed"), kind="number", unit="m/s"),
                Column(slug="measured_at", title=_("Measured at"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="air",
            title=_("Air quality: current values"),
            about=_(
                "The newest values of the city's air stations and the class of their air by the "
                "index of the Federal Environment Agency. Values that are too old are left out."
            ),
            theme="ENVI",
            keywords=(_("air"), _("fine dust"), _("nitrogen dioxide"), _("ozone"), _("sensor")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=10),
            hvd="c_dd313021",
            rows="stadtkern.systems.environment.datasets.air_rows",
            key=("id",),
            things=("air",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="air_class", title=_("Class of the air")),
                Column(
                    slug="pm10", title=_("Particulate matter PM10"), kind="number", unit="µg/m³"
                ),
                Column(
                    slug="pm25",
                    title=_("Fine particulate matter PM2.5"),
                    kind="number",
                    unit="µg/m³",
                ),
                Column(slug="no2", title=_("Nitrogen dioxide NO2"), kind="number", unit="µg/m³"),
                Column(slug="o3", title=_("Ozone O3"), kind="number", unit="µg/m³"),
                Column(slug="so2", title=_("Sulphur dioxide SO2"), kind="number", unit="µg/m³"),
                Column(slug="measured_at", title=_("Measured at"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="counters",
            title=_("Counts of people: today"),
            about=_(
                "What the counting points have counted since midnight in both directions, and in "
                "the last full hour. No person can be recognised."
            ),
            theme="TRAN",
            keywords=(_("count"), _("pedestrians"), _("town centre"), _("sensor")),
            rhythm="UPDATE_CONT",
            every=timedelta(minutes=10),
            rows="stadtkern.systems.environment.datasets.counter_rows",
            key=("id",),
            things=("counter",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="name", title=_("Name")),
                Column(slug="today_in", title=_("Towards the centre today"), kind="integer"),
                Column(slug="today_out", title=_("Out of the centre today"), kind="integer"),
                Column(slug="last_hour", title=_("In the last full hour"), kind="integer"),
                Column(slug="counted_at", title=_("Counted at"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
    ),
    services=(
        Service(
            slug="air",
            title=_("How good is the air?"),
            summary=_("The air-quality index of every station, with advice and history."),
            page="environment:home",
            words=_("fine dust, ozone, smog, pollution, breathing"),
        ),
        Service(
            slug="weather",
            title=_("Weather in the city"),
            summary=_("Temperature, humidity, wind and rain at the city's stations."),
            page="environment:home",
            words=_("temperature, rain, wind, heat, frost"),
        ),
    ),
    nav=(Nav(label=_("Environment"), to="environment:home", weight=30),),
    urls={"public": "stadtkern.systems.environment.pages"},
    checks=("stadtkern.systems.environment.logic.check_index",),
    demo="stadtkern.systems.environment.demo.fill",
)
