"""What stations of the environment observe: names, units and the range of what can be."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import Observed

temperature = Observed(
    slug="air_temperature",
    title=_("Air temperature"),
    unit="°C",
    unit_name="degree Celsius",
    definition="http://vocab.nerc.ac.uk/standard_name/air_temperature/",
    low=-40,
    high=60,
)
humidity = Observed(
    slug="relative_humidity",
    title=_("Relative humidity"),
    unit="%",
    unit_name="percent",
    definition="http://vocab.nerc.ac.uk/standard_name/relative_humidity/",
    decimals=0,
    low=0,
    high=100,
)
rain = Observed(
    slug="rain_rate",
    title=_("Rain"),
    unit="mm/h",
    unit_name="millimetre per hour",
    definition="http://vocab.nerc.ac.uk/standard_name/rainfall_rate/",
    low=0,
    high=400,
)
wind = Observed(
    slug="wind_speed",
    title=_("Wind speed"),
    unit="m/s",
    unit_name="metre per second",
    definition="http://vocab.nerc.ac.uk/standard_name/wind_speed/",
    low=0,
    high=90,
)

concentration = partial(
    Observed, unit="µg/m³", unit_name="microgram per cubic metre", decimals=0, low=0, high=2000
)
POLLUTANT = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/"

pm10 = concentration(slug="pm10", title=_("Particulate matter PM10"), definition=f"{POLLUTANT}5")
pm25 = concentration(
    slug="pm25", title=_("Fine particulate matter PM2.5"), definition=f"{POLLUTANT}6001"
)
no2 = concentration(slug="no2", title=_("Nitrogen dioxide NO2"), definition=f"{POLLUTANT}8")
o3 = concentration(slug="o3", title=_("Ozone O3"), definition=f"{POLLUTANT}7")
so2 = concentration(slug="so2", title=_("Sulphur dioxide SO2"), definition=f"{POLLUTANT}1")

count_in = Observed(
    slug="count_in",
    title=_("People, towards the centre"),
    unit="1",
    unit_name="count",
    definition="urn:stadtkern:count_in",
    decimals=0,
    low=0,
)
count_out = Observed(
    slug="count_out",
    title=_("People, out of the centre"),
    unit="1",
    unit_name="count",
    definition="urn:stadtkern:count_out",
    decimals=0,
    low=0,
)

water_temperature = Observed(
    slug="water_temperature",
    title=_("Water temperature"),
    unit="°C",
    unit_name="degree Celsius",
    definition="urn:stadtkern:water_temperature",
    low=-2,
    high=45,
)
dissolved_oxygen = Observed(
    slug="dissolved_oxygen",
    title=_("Oxygen in the water"),
    unit="mg/L",
    unit_name="milligram per litre",
    definition="urn:stadtkern:dissolved_oxygen",
    low=0,
    high=30,
)
trunk_moisture = Observed(
    slug="trunk_moisture",
    title=_("Moisture in the trunk"),
    unit="%",
    unit_name="percent",
    definition="urn:stadtkern:trunk_moisture",
    decimals=0,
    low=0,
    high=100,
)
trunk_temperature = Observed(
    slug="trunk_temperature",
    title=_("Temperature of the trunk"),
    unit="°C",
    unit_name="degree Celsius",
    definition="urn:stadtkern:trunk_temperature",
    low=-40,
    high=60,
)
