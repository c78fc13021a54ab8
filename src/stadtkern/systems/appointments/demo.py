"""The demo city's offices: real names of concerns, invented counters, and weeks of bookings."""

import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Calendar, Resource, Unit
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.appointments import demo_queue, demo_visits
from stadtkern.systems.appointments.logic.times import today
from stadtkern.systems.appointments.models import Clerk, Office, OfficeService, Service

FOLDER = Path(__file__).parent / "demo_data"
STOPS = "DB InfraGO AG, OpenStreetMap-Mitwirkende (Haltestelle; der Standort ist erfunden)"
LICENCE = "CC BY 4.0, ODbL"
ADDRESS = "Beschreibung der Stadt Herne (Anschrift)"
KIND = "appointments.office"
SPOKEN = ("about", "about_en", "access", "access_en")


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    told = tomllib.loads((FOLDER / "offices.toml").read_text(encoding="utf-8"))
    made = [one for one in (_office(row) for row in told["office"]) if one]
    for row in told["service"]:
        _service(row)
    _clerks(made)
    for office in made:
        demo_visits.fill(office, rng)
    demo_queue.fill(rng)


def _clerks(made: list[Office]) -> None:
    """Whoever serves people in the demo does so in the first office, at its first counter."""
    if not made:
        return
    first = min(made, key=lambda one: (one.weight, one.slug))
    for account in Account.objects.filter(roles__slug="appointments.clerk"):
        counter = Unit.objects.filter(resource=first.resource_id).order_by("number").first()
        Clerk.objects.get_or_create(office=first, account=account, defaults={"counter": counter})


@transaction.atomic
def _office(row: Mapping[str, Any]) -> Office | None:
    """An office with place, calendar and counters; None where it is there already."""
    if Office.objects.filter(slug=row["slug"]).exists():
        return None
    resource = Resource.objects.create(
        kind=KIND, name=row["name"], name_en=row["name_en"], invented=True, place=_place(row),
        calendar=_calendar(row), public_id=_key(f"resource:{row['slug']}"),
    )  # fmt: skip
    for number in range(1, row["counters"] + 1):
        more = [skill for skill, numbers in row["some"].items() if number in numbers]
        Unit.objects.create(resource=resource, number=number, name=f"Platz {number}",
                            skills=[*row["skills"], *more])  # fmt: skip
    own = {name: row[name] for name in (*SPOKEN, "weight", "discreet", "most_open") if name in row}
    return Office.objects.create(resource=resource, slug=row["slug"], **own)


def _place(row: Mapping[str, Any]) -> Place:
    stop = row.get("stop")
    return Place.objects.create(
        public_id=_key(row["slug"]), kind=KIND, name=row["name"], name_en=row["name_en"],
        about=row["about"], about_en=row["about_en"], invented=True,
        street=row.get("street") or f"An der Haltestelle {stop}",
        postcode=row.get("postcode", ""), town="Herne",
        geometry=point(*row["at"]) if stop else None, source=STOPS if stop else ADDRESS,
        licence=LICENCE if stop else "",
    )  # fmt: skip


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:appointments:{what}")


def _calendar(row: Mapping[str, Any]) -> Calendar:
    made = Calendar.objects.create(
        name=row["name"], step_minutes=10, notice_minutes=60, ahead_days=30
    )
    since = today() - demo_visits.BACK
    for span in row["hours"]:
        public = span.get("public", row.get("public"))
        calendars.weekly(made, span["days"], span["begins"], span["ends"], since=since,
                         week_of_month=span.get("week_of_month"), public=public,
                         note=span.get("note", ""))  # fmt: skip
    return made


def _service(row: Mapping[str, Any]) -> None:
    own = {key: value for key, value in row.items() if key not in ("slug", "offices")}
    service, _new = Service.objects.get_or_create(slug=row["slug"], defaults=own)
    for office in Office.objects.filter(slug__in=row["offices"]):
        OfficeService.objects.get_or_create(office=office, service=service)
