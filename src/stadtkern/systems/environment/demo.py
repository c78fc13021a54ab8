"""The demo city's stations: real stops, invented devices, weather recorded in Bochum."""

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices import provision as device_provision
from stadtkern.kernel.devices.downlinks.encoding import encodes
from stadtkern.kernel.devices.models import Device, Downlink, Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Sensor, Thing
from stadtkern.systems.environment import recordings

FOLDER = Path(__file__).parent / "demo_data"
STOPS = "DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
SIMULATED = {"de": "Sensor-Simulator der Demo", "en": "Sensor simulator of the demo"}


class Fleet:
    """How one kind of station is named, and which devices stand there."""

    def __init__(self, profile: str, eui: str, names: tuple[str, str], only: Sequence[str]) -> None:
        self.profile, self.eui, self.names, self.only = profile, eui, names, only


FLEETS = {
    "weather": Fleet(
        "milesight-em300-th", "02534b10", ("Wetterstation", "Weather station"),
        ("air_temperature", "relative_humidity"),
    ),
    "air": Fleet(
        "decentlab-dl-pm", "02534b11", ("Luftmessstation", "Air station"), ("pm10", "pm25")
    ),
    "counter": Fleet("milesight-vs133", "02534b12", ("Zählstelle", "Counting point"), ()),
}  # fmt: skip

ABOUT = (
    "Demo-Station: Die Haltestelle ist echt, das Gerät ist erfunden. "
    "Die aktuellen Werte kommen aus einem Sensor-Simulator."
)
ABOUT_EN = (
    "Demo station: the stop is real, the device is invented. "
    "The current values come from a sensor simulator."
)


BOCHUM = {"source": "Stadt Bochum, Open Data", "licence": "CC0 1.0"}
RECORDED = (
    "Beispiel aus der Nachbarstadt: eine Messstelle der Stadt Bochum. Gezeigt wird eine "
    "Aufzeichnung von {year}, um ganze Wochen verschoben; aktuelle Werte kommen nicht."
)
RECORDED_EN = (
    "An example from the neighbouring city: a measuring point of the city of Bochum. What is shown "
    "was recorded in {year} and moved by whole weeks; there are no current values."
)


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    device_provision.sync_profiles()
    told = tomllib.loads((FOLDER / "stations.toml").read_text(encoding="utf-8"))
    stations = told["station"]
    for kind, fleet in FLEETS.items():
        rows = [station for station in stations if station["kind"] == kind]
        with transaction.atomic():
            things = _fleet(kind, fleet, rows)
        for thing, row in zip(things, rows, strict=True):
            if "history" in row:
                recordings.load(thing, row["history"])
    for row in told["sample"]:
        recordings.load(_sample(row), row["history"])
    _send_downlinks()


def _sample(row: dict[str, Any]) -> Thing:
    """A real station of the neighbouring city, which sends us nothing."""
    year = recordings.RECORDINGS[row["history"]].year
    place, _created = Place.objects.get_or_create(
        public_id=uuid5(NAMESPACE_URL, f"stadtkern:demo:environment:{row['kind']}:{row['name']}"),
        defaults={
            **BOCHUM,
            "kind": f"environment.{row['kind']}",
            "name": row["name"],
            "name_en": row["name_en"],
            "about": RECORDED.format(year=year),
            "about_en": RECORDED_EN.format(year=year),
            "geometry": point(*row["at"]),
        },
    )
    sensor, _made = Sensor.objects.get_or_create(
        name=row["sensor"], defaults={"description": row["method"]}
    )
    [thing] = provision.things(
        f"environment.{row['kind']}", [(place, place.name)], sensor=sensor,
        source=BOCHUM["source"], licence=BOCHUM["licence"],
    )  # fmt: skip
    return thing


def _send_downlinks() -> None:
    """What the simulator acknowledges, so that the page of downlinks is not empty."""
    profile = Profile.objects.get(slug=FLEETS["weather"].profile)
    if Downlink.objects.filter(device__profile=profile).exists() or not encodes(profile):
        return
    devices = Device.objects.filter(profile=profile).select_related("profile")
    for number, device in enumerate(devices.order_by("dev_eui")[:3]):
        downlinks.send(
            device,
            data={"report_interval": 60},
            confirmed=number != 1,
            topic="report interval",
            author="system:environment",
        )


def _fleet(kind: str, fleet: Fleet, rows: Sequence[dict[str, Any]]) -> list[Thing]:
    profile = Profile.objects.get(slug=fleet.profile)
    places = [_place(kind, fleet, row) for row in rows]
    things = provision.things(
        f"environment.{kind}", [(place, place.name) for place in places], sensor=profile.sensor,
        source=SIMULATED["de"], only=fleet.only,
    )  # fmt: skip
    for thing in things:
        thing.datastreams.filter(properties={}).update(
            properties={"source": SIMULATED, "now": SIMULATED}
        )
    device_provision.devices(
        profile,
        [(f"{fleet.eui}{i:08x}", thing.name, thing) for i, thing in enumerate(things, start=1)],
    )
    return things


def _place(kind: str, fleet: Fleet, row: dict[str, Any]) -> Place:
    german, english = fleet.names
    place, _created = Place.objects.get_or_create(
        public_id=uuid5(NAMESPACE_URL, f"stadtkern:demo:environment:{kind}:{row['stop']}"),
        defaults={
            "kind": f"environment.{kind}",
            "name": f"{german} {row['name']}",
            "name_en": f"{english} {row['name']}",
            "about": ABOUT,
            "about_en": ABOUT_EN,
            "geometry": point(*row["at"]),
            "source": STOPS,
            "licence": "CC BY 4.0, ODbL",
            "invented": True,
            "properties": {"stop": row["stop"]},
        },
    )
    return place
