"""The demo city's park-and-ride sites: real stations, invented bays, counts recorded in Münster."""

import random
import tomllib
from collections.abc import Iterator, Sequence
from math import cos, radians, sin
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from stadtkern.kernel.devices import provision as device_provision
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.places.models import Place, box_of, point
from stadtkern.kernel.things import provision
from stadtkern.systems.parking import demo_boards, demo_lanes, demo_sources, jobs, logic, recordings
from stadtkern.systems.parking.bays import BAY, SENSOR, SITE, bays
from stadtkern.systems.parking.models import Site

FOLDER = Path(__file__).parent / "demo_data"
STOPS = "DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
INVENTED = "Erfunden für die Demo"
# A bay is 2.5 m wide and 5 m deep; two rows share an aisle of 6 m.
WIDTH, DEPTH, AISLE = 2.5, 5.0, 6.0
METRES_A_DEGREE = 111_320.0

ABOUT = (
    "Demo-Parkplatz: Der Bahnhof ist echt; Zahl, Lage und Art der Stellplätze sind erfunden. "
    "Die aktuellen Werte kommen aus einem Sensor-Simulator."
)
ABOUT_EN = (
    "Demo car park: the station is real; number, position and kind of the bays are invented. "
    "The current values come from a sensor simulator."
)
ABOUT_BAY = "Erfundener Stellplatz der Demo, die Lage ist erfunden."
ABOUT_BAY_EN = "An invented bay of the demo; its position is invented."


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing. Nothing is left to chance."""
    device_provision.sync_profiles()
    facts = tomllib.loads((FOLDER / "sites.toml").read_text(encoding="utf-8"))
    for row in facts["site"]:
        with transaction.atomic():
            site = _site(row)
            _sensors(site, _bays(site, row, facts["audiences"]), row["eui"])
            stream = logic.count_stream(site)
            _facts(site)
        recordings.load(stream, row["recording"], len(bays([site.pk])))
    demo_lanes.fill(facts["lanes"], _key("lanes"))
    demo_boards.fill({row["station"]: _key(row["station"]) for row in facts["site"]})
    demo_sources.fill()
    # Now, not with the next job: nobody shall see for a moment how long such a bay was taken.
    jobs.keep_private()


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:parking:{what}")


def _site(row: dict[str, Any]) -> Place:
    place, _created = Place.objects.get_or_create(
        public_id=_key(row["station"]),
        defaults={
            "kind": SITE, "name": row["name"], "name_en": row["name_en"],
            "about": ABOUT, "about_en": ABOUT_EN, "geometry": point(*row["at"]),
            "source": STOPS, "licence": "CC BY 4.0, ODbL", "invented": True,
            "properties": {"station": row["station"]},
        },
    )  # fmt: skip
    return place


def _facts(site: Place) -> None:
    """What is known of a park-and-ride site, where nobody changed it yet."""
    rows = Site.objects.filter(pk=logic.facts_of([site])[site.pk].pk, park_and_ride=[])
    rows.update(park_and_ride=["TRAIN"], source=STOPS)


def _bays(site: Place, row: dict[str, Any], audiences: dict[str, list[int]]) -> list[Place]:
    """The bays in the order of their numbers, those that are missing made."""
    wanted = [_bay(site, row, audiences, *spot) for spot in spots(row["rows"])]
    keys = [place.public_id for place in wanted]
    have = Place.objects.filter(public_id__in=keys)
    known = set(have.values_list("public_id", flat=True))
    Place.objects.bulk_create(place for place in wanted if place.public_id not in known)
    stored = {place.public_id: place for place in have.all()}
    return [stored[key] for key in keys]


def spots(rows: Sequence[int]) -> Iterator[tuple[str, int, float, float]]:
    """Row letter, number in the row, metres along and across: pairs of rows face an aisle."""
    for r, length in enumerate(rows):
        across = (r // 2) * (2 * DEPTH + AISLE) + (r % 2) * (DEPTH + AISLE)
        for n in range(length):
            yield "ABCDEFGHIJ"[r], n + 1, n * WIDTH, across


def _bay(
    site: Place, row: dict[str, Any], audiences: dict[str, list[int]],
    letter: str, number: int, along: float, across: float,
) -> Place:  # fmt: skip
    audience = next((a for a, numbers in audiences.items() if number in numbers), "")
    geometry = point(*_position(row, along, across))
    west, south, east, north = box_of(geometry)
    place = Place(
        public_id=_key(f"{row['station']}:{letter}:{number}"), kind=BAY, parent=site,
        name=f"Stellplatz {letter} {number}", name_en=f"Bay {letter} {number}",
        about=ABOUT_BAY, about_en=ABOUT_BAY_EN, geometry=geometry,
        west=west, south=south, east=east, north=north, source=INVENTED, invented=True,
        properties={"row": letter, "number": number},
    )  # fmt: skip
    if letter == "A" and audience:
        place.properties["audience"] = audience
    return place


def _position(row: dict[str, Any], along: float, across: float) -> tuple[float, float]:
    """Longitude and latitude of a spot in the site's own turned grid."""
    lon, lat = row["at"]
    turn = radians(row["turn"])
    east = row["corner"][0] + along * cos(turn) - across * sin(turn)
    north = row["corner"][1] + along * sin(turn) + across * cos(turn)
    metres_east = METRES_A_DEGREE * cos(radians(lat))
    return round(lon + east / metres_east, 7), round(lat + north / METRES_A_DEGREE, 7)


def _sensors(site: Place, places: Sequence[Place], eui: str) -> None:
    profile = Profile.objects.get(slug="bosch-tps110")
    named = [(place, f"{place.name}, {site.name}") for place in places]
    things = provision.things(SENSOR, named, sensor=profile.sensor, source=recordings.NOW["de"])
    device_provision.devices(
        profile, [(f"{eui}{i:08x}", thing.name, thing) for i, thing in enumerate(things, start=1)]
    )
