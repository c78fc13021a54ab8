"""The demo city's projects: what the city says of them, in our words, with real positions."""

import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from django.db import transaction

from stadtkern.kernel import registry
from stadtkern.systems.projects import changes
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import Content
from stadtkern.systems.projects.models import Fact, Project, Site

FOLDER = Path(__file__).parent / "demo_data"
BY = "system:projects"
SOURCE = "Beschreibung der Stadt Herne (ohne Datum)"
POSITIONS = {
    "stops": ("Haltestelle: DB InfraGO AG, OpenStreetMap-Mitwirkende", "CC BY 4.0, ODbL"),
    "chargers": ("Ladesäulenregister der Bundesnetzagentur, Stand 19.07.2019", "CC BY 4.0"),
}


def fill(rng: random.Random) -> None:
    """Publish what is missing; a second run changes nothing. Nothing is left to chance."""
    facts = tomllib.loads((FOLDER / "projects.toml").read_text(encoding="utf-8"))
    known = set(Project.objects.values_list("slug", flat=True))
    for row in facts["project"]:
        if row["slug"] not in known:
            _publish(row, facts["at"])
    business = tomllib.loads((FOLDER / "business.toml").read_text(encoding="utf-8"))
    for row in business["site"]:
        Site.objects.get_or_create(slug=row["slug"], defaults={**row, "public": True})
    for row in business["fact"]:
        Fact.objects.get_or_create(slug=row["slug"], defaults={**row, "public": True})


@transaction.atomic
def _publish(row: Mapping[str, Any], places: Mapping[str, Any]) -> None:
    project = changes.create(BY, row["slug"], content_of(row, places))
    changes.publish(BY, project.pk)


def content_of(row: Mapping[str, Any], places: Mapping[str, Any]) -> Content:
    """A project of the file; its figures name the city's description where they name no other."""
    told = {key: value for key, value in row.items() if key not in ("slug", "at")}
    told["indicators"] = [
        one if one.get("live") else {"source": SOURCE, **one} for one in row.get("indicators", ())
    ]
    told["funding"] = [{"source": SOURCE, **one} for one in row.get("funding", ())]
    told["spots"] = [_spot(row["slug"], name, places[name]) for name in row.get("at", ())]
    told.update(source=SOURCE, email=registry.city().city.contact)
    content = documents.read(told)
    return msgspec.structs.replace(content, english_for=content.german)


def _spot(slug: str, name: str, place: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in place.items() if key != "from"}
    source, licence = POSITIONS.get(place.get("from", ""), ("", ""))
    return {**told, "key": _key(f"{slug}:{name}"), "source": source, "licence": licence}


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:projects:{what}")
