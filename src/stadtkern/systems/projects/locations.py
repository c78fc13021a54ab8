"""Keeps the places of public projects in step with what their versions say."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from stadtkern.kernel.places.models import Place, box_of, point
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import Content, Spot
from stadtkern.systems.projects.models import Project

KIND = "projects.location"
FIELDS = ("name", "name_en", "about", "about_en", "street", "geometry", "west", "south", "east",
          "north", "source", "licence")  # fmt: skip


@transaction.atomic
def sync(*projects: Project) -> None:
    """A place for each spot with a position that is public, of these projects or of all."""
    rows, places = Project.objects.public(), Place.objects.of_kind(KIND)
    if projects:
        rows = rows.filter(pk__in=[one.pk for one in projects])
        places = places.filter(properties__project__in=[one.slug for one in projects])
    wanted = {place.public_id: place for project in rows for place in _places(project)}
    known = {place.public_id: place for place in places.select_for_update()}
    Place.objects.filter(pk__in=[p.pk for key, p in known.items() if key not in wanted]).delete()
    new = [place for key, place in wanted.items() if key not in known]
    # Two may find the same place missing; what the second would write is the same.
    Place.objects.bulk_create(new, ignore_conflicts=True)
    changed = [_taken(known[key], place) for key, place in wanted.items() if key in known]
    Place.objects.bulk_update([place for place in changed if place is not None], FIELDS)


def _places(project: Project) -> list[Place]:
    assert project.published is not None
    content = documents.read(project.published.content)
    return [_place(spot, content, project.slug) for spot in content.drawn]


def _place(spot: Spot, content: Content, slug: str) -> Place:
    geometry = point(spot.lon or 0, spot.lat or 0)
    west, south, east, north = box_of(geometry)
    english = _called(content.title_en or content.title, spot.name_en or spot.name)
    return Place(
        public_id=spot.key, kind=KIND, name=_called(content.title, spot.name),
        name_en=english, about=content.summary, about_en=content.summary_en,
        street=spot.address[:200], geometry=geometry, west=west, south=south, east=east,
        north=north, source=spot.source, licence=spot.licence[:120], properties={"project": slug},
    )  # fmt: skip


def _called(title: str, spot: str) -> str:
    return title if title == spot else f"{title}: {spot}"[:200]


def _taken(known: Place, place: Place) -> Place | None:
    """The known place with what is said now; None where nothing differs."""
    if all(getattr(known, name) == getattr(place, name) for name in FIELDS):
        return None
    for name in FIELDS:
        setattr(known, name, getattr(place, name))
    return known


def bounds(spots: Sequence[Spot], room: float = 0.012) -> list[float] | None:
    """West, south, east and north around these positions with some room."""
    drawn: list[Any] = [(s.lon, s.lat) for s in spots if s.lon is not None]
    if not drawn:
        return None
    lons, lats = zip(*drawn, strict=True)
    return [min(lons) - room, min(lats) - room / 2, max(lons) + room, max(lats) + room / 2]
