"""Environment: what weather, air and traffic are like in the city, now and over time."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    DeviceProfile,
    Legend,
    MapLayer,
    Measure,
    Nav,
    Observed,
    PlaceKind,
    Service,
    System,
    ThingKind,
    Tile,
)

HOUR = timedelta(hours=1)

temperature = Observed(
    slug="air_temperature", title=_("Air temperature"), unit="°C", unit_name="degree Celsius",
    definition="http://vocab.nerc.ac.uk/standard_name/air_temperature/", low=-40, high=60,
)
humidity = Observed(
    slug="relative_humidity", title=_("Relative humidity"), unit="%", unit_name="percent",
    definition="http://vocab.nerc.ac.uk/standard_name/relative_humidity/",
    decimals=0, low=0, high=100,
)
rain = Observed(
    slug="rain_rate", title=_("Rain"), unit="mm/h", unit_name="millimetre per hour",
    definition="http://vocab.nerc.ac.uk/standard_name/rainfall_rate/", low=0, high=400,
)
wind = Observed(
    slug="wind_speed", title=_("Wind speed"), unit="m/s", unit_name="metre per second",
    definition="http://vocab.nerc.ac.uk/standard_name/wind_speed/", low=0, high=90,
)


def _mass(slug: str, title: object, name: str) -> Observed:
    return Observed(
        slug=slug, title=title, unit="µg/m³", unit_name="microgram per cubic metre",  # type: ignore[arg-type]
        definition=f"http://dd.eionet.europa.eu/vocabulary/aq/pollutant/{name}",
        decimals=0, low=0, high=2000,
    )


pm10 = _mass("pm10", _("Particulate matter PM10"), "5")
pm25 = _mass("pm25", _("Fine particulate matter PM2.5"), "6001")
no2 = _mass("no2", _("Nitrogen dioxide NO2"), "8")
o3 = _mass("o3", _("Ozone O3"), "7")

count_in = Observed(
    slug="count_in", title=_("People, towards the centre"), unit="1", unit_name="count",
    decimals=0, low=0,
)
count_out = Observed(
    slug="count_out", title=_("People, out of the centre"), unit="1", unit_name="count",
    decimals=0, low=0,
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
    theme="environment",
    path="umwelt",
    settings="stadtkern.systems.environment.settings.EnvironmentSettings",
    place_kinds=(
        PlaceKind(slug="weather", title=_("Weather station"), plural=_("Weather stations")),
        PlaceKind(slug="air", title=_("Air quality station"), plural=_("Air quality stations")),
        PlaceKind(slug="counter", title=_("Counting point"), plural=_("Counting points")),
    ),
    thing_kinds=(
        ThingKind(slug="weather", title=_("Weather station"),
                  observes=(temperature, humidity, rain, wind)),
        ThingKind(slug="air", title=_("Air quality station"), observes=(pm10, pm25, no2, o3)),
        ThingKind(slug="counter", title=_("Counter"), observes=(count_in, count_out)),
    ),
    profiles=(),
    layers=(
        MapLayer(slug="weather", title=_("Weather"), theme="environment", weight=20,
                 pins="stadtkern.systems.environment.layers.weather_pins",
                 legend=(Legend(state="info", title=_("current value")),
                         Legend(state="none", title=_("no current data")))),
        MapLayer(slug="air", title=_("Air quality"), theme="environment", weight=21,
                 pins="stadtkern.systems.environment.layers.air_pins", legend=INDEX),
        MapLayer(slug="counts", title=_("Counts"), theme="mobility", weight=30,
                 pins="stadtkern.systems.environment.layers.counter_pins",
                 legend=(Legend(state="info", title=_("current value")),
                         Legend(state="none", title=_("no current data")))),
    ),
    tiles=(
        Tile(slug="air", title=_("Air quality"), theme="environment", weight=20,
             reading="stadtkern.systems.environment.layers.air_tile"),
        Tile(slug="temperature", title=_("Temperature"), theme="environment", weight=30,
             reading="stadtkern.systems.environment.layers.temperature_tile"),
        Tile(slug="people", title=_("People counted"), theme="mobility", weight=40,
             reading="stadtkern.systems.environment.layers.counter_tile"),
    ),
    services=(
        Service(slug="air", title=_("How good is the air?"),
                summary=_("The air-quality index of every station, with advice and history."),
                page="environment:home", words=_("fine dust, ozone, smog, pollution, breathing")),
        Service(slug="weather", title=_("Weather in the city"),
                summary=_("Temperature, humidity, wind and rain at the city's stations."),
                page="environment:home", words=_("temperature, rain, wind, heat, frost")),
    ),
    nav=(Nav(label=_("Environment"), to="environment:home", weight=30),),
    urls={"public": "stadtkern.systems.environment.pages"},
    checks=("stadtkern.systems.environment.logic.check_index",),
    demo="stadtkern.systems.environment.demo.fill",
)
