"""Where people may want to go: places, stops and streets that the city knows by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Q

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Landmark, Place, PlaceQuerySet
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.visibility import PUBLIC
from stadtkern.systems.parking.bays import BAY

MOST, WORDS, LONGEST = 8, 6, 100
SPELT = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß"), ("strasse", "straße"))
PLACE, MARK, POINT = "p", "m", "at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A place to go to; `key` finds it again: `p:<uuid>`, `m:<key>`, `at:<lat>,<lon>`."""

    key: str
    name: str
    detail: str
    lon: float
    lat: float


def search(text: str) -> list[Destination]:
    """What all words of a text are part of, best first: names that begin with it, shorter names."""
    words = text[:LONGEST].split()[:WORDS]
    if not words:
        return []
    begins = " ".join(words).casefold()
    found = {(one.name, one.detail): one for one in (*_marks(words), *_places(words))}
    ordered = sorted(
        found.values(), key=lambda one: (not one.name.casefold().startswith(begins), len(one.name))
    )
    return ordered[:MOST]


def by_key(key: str) -> Destination | None:
    """The destination with this key; None where there is none (any more)."""
    kind, _colon, rest = key.partition(":")
    if kind == PLACE:
        number = _uuid(rest)
        return next(_told(_shown().filter(public_id=number)), None) if number else None
    if kind == MARK:
        return next(_told_marks(Landmark.objects.filter(key=rest)), None)
    return None


def at_point(lon: float, lat: float, name: str) -> Destination:
    """A point that somebody chose, on the map or by standing there."""
    return Destination(key=f"{POINT}:{lat},{lon}", name=name, detail="", lon=lon, lat=lat)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _places(words: Iterable[str]) -> Iterator[Destination]:
    rows = _shown()
    for word in words:
        rows = rows.filter(_carries(word, ("name", "name_en", "street")))
    yield from _told(islice(rows.order_by("name", "id"), 4 * MOST))


def _shown() -> PlaceQuerySet:
    """Places that the public sees, of systems that are on; a single bay is nobody's destination."""
    kinds = [key for key in registry.place_kinds() if registry.is_on(key.partition(".")[0])]
    shown = Place.objects.filter(Q(kind="") | Q(kind__in=kinds), visibility.places(PUBLIC))
    return shown.exclude(kind=BAY).exclude(west=None)


def _told(rows: Iterable[Place]) -> Iterator[Destination]:
    for place in rows:
        if place.lon is not None and place.lat is not None:
            where = ", ".join(part for part in (place.street, place.town) if part)
            yield Destination(key=f"{PLACE}:{place.public_id}", name=place.title, detail=where,
                              lon=place.lon, lat=place.lat)  # fmt: skip


def _marks(words: Iterable[str]) -> Iterator[Destination]:
    rows = Landmark.objects.all()
    for word in words:
        rows = rows.filter(_carries(word, ("name",)))
    yield from _told_marks(islice(rows.order_by("name", "key"), 4 * MOST))


def _told_marks(rows: Iterable[Landmark]) -> Iterator[Destination]:
    for one in rows:
        yield Destination(
            key=f"{MARK}:{one.key}", name=one.name, detail="", lon=one.lon, lat=one.lat
        )


def _carries(word: str, fields: Iterable[str]) -> Q:
    """As typed, or with umlauts where somebody has no keys for them."""
    spelt = word
    for plain, umlaut in SPELT:
        spelt = spelt.replace(plain, umlaut)
    found = Q()
    for field in fields:
        for text in {word, spelt}:
            found |= Q(**{f"{field}__icontains": text})
    return found
