"""The row of facts that every car park has; made where it is missing."""

from collections.abc import Iterable, Sequence

from django.utils.text import slugify

from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.logic.states import started
from stadtkern.systems.parking.models import Site

UID_LENGTH = 60


def facts_of(places: Sequence[Place]) -> dict[int, Site]:
    """The facts of these places by the place's key; one query unless some are new."""
    found = _rows(places)
    missing = [place for place in places if place.pk not in found]
    if missing:
        Site.objects.bulk_create(_new(missing), ignore_conflicts=True)
        found = _rows(places)
    return found


def make_missing() -> int:
    """Give every car park its row; returns how many were new."""
    have = Site.objects.values("place")
    missing = list(Place.objects.of_kind(SITE).exclude(pk__in=have).order_by("pk"))
    facts_of(missing)
    return len(missing)


def _rows(places: Iterable[Place]) -> dict[int, Site]:
    rows = Site.objects.filter(place__in=[place.pk for place in places])
    return {row.place_id: row for row in rows}


def _new(places: Sequence[Place]) -> list[Site]:
    taken = set(Site.objects.values_list("uid", flat=True))
    limits = started()
    rows = []
    for place in places:
        uid = _uid(place, taken)
        taken.add(uid)
        rows.append(Site(place=place, uid=uid, **limits))
    return rows


def _uid(place: Place, taken: set[str]) -> str:
    """A readable name that nobody else has: of two car parks of one name the second gets more."""
    plain = slugify(place.name)[:UID_LENGTH].strip("-") or "site"
    return plain if plain not in taken else f"{plain[:51]}-{str(place.public_id)[:8]}"
