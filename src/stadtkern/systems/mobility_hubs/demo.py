"""The demo's stations at real stops, and feeds of invented companies that a simulator serves."""

import json
import random
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import transaction

from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.mobility_hubs.logic import HUB
from stadtkern.systems.mobility_hubs.models import Hub, Source

CONTRACT: Final = "demo-vehicle_sharing.json"
STOPS: Final = "DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
ABOUT: Final = (
    "Die Haltestelle ist echt. Was hier verliehen wird, Fahrpläne und Verspätungen sind erfunden."
)
ABOUT_EN: Final = "The stop is real. What can be shared here, timetables and delays are invented."
# Name, English name, address, position of the stop, radius in metres.
HUBS: Final = (
    ("Mobilstation Herne Bahnhof", "Herne station", "herne-bahnhof", (7.21783, 51.543652), 250),
    ("Mobilstation Wanne-Eickel Hbf", "Wanne-Eickel main station", "wanne-eickel-hbf",
     (7.165783, 51.531256), 250),
    ("Mobilstation Auf der Wenge", "Auf der Wenge", "auf-der-wenge", (7.179425, 51.51305), 150),
    ("Mobilstation Schloss Strünkede", "Strünkede castle", "schloss-struenkede",
     (7.214235, 51.552094), 200),
)  # fmt: skip
SHARING = ("teilrad", "Teilrad (Demo)", "gbfs", "gbfs.json", 1)
TIMETABLE = ("demo-fahrplan", "Demo-Fahrplan", "gtfs", "gtfs.zip", 60)
DELAYS = ("demo-verspaetungen", "Demo-Verspätungen", "gtfs-rt", "gtfs-rt.pb", 1)


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing. Nothing is left to chance."""
    for name, name_en, slug, (lon, lat), radius in HUBS:
        with transaction.atomic():
            place, _new = Place.objects.get_or_create(
                public_id=_key(slug),
                defaults={
                    "kind": HUB, "name": name, "name_en": name_en, "about": ABOUT,
                    "about_en": ABOUT_EN, "geometry": point(lon, lat), "source": STOPS,
                    "licence": "CC BY 4.0, ODbL", "invented": True,
                },
            )  # fmt: skip
            Hub.objects.get_or_create(slug=slug, defaults={"place": place, "radius_m": radius})
    _feeds()


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:mobility_hubs:{what}")


def _feeds() -> None:
    """Only where the simulator's address is known."""
    file = Path(settings.DATA) / CONTRACT
    if not file.exists():
        return
    told = json.loads(file.read_text(encoding="utf-8"))
    home = f"http://{told['host']}:{told['port']}"
    _feed(SHARING, home)
    timetable = _feed(TIMETABLE, home)
    _feed(DELAYS, home, base=timetable)


def _feed(one: tuple[str, str, str, str, int], home: str, **more: Any) -> Source:
    slug, name, kind, path, every = one
    source, _new = Source.objects.update_or_create(
        slug=slug,
        defaults={"address": f"{home}/{path}", **more},
        create_defaults={
            "address": f"{home}/{path}", "name": name, "format": kind, "every_minutes": every,
            "licence": "CC0-1.0", "credit": "Erfunden für die Demo (Simulator)",
            "invented": True, **more,
        },
    )  # fmt: skip
    return source
