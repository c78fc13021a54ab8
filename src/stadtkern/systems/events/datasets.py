"""The rows of the events' open data: one for each date."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from stadtkern.kernel import clock
from stadtkern.systems.events import finding
from stadtkern.systems.events.models import Occasion

PAST = timedelta(days=365)


def rows() -> Iterator[dict[str, Any]]:
    """Public dates of the last year and of all that is laid out ahead."""
    found = finding.public().filter(ends__gte=clock.now() - PAST).order_by("begins", "id")
    return (_row(one) for one in found.iterator(chunk_size=500))


def _row(one: Occasion) -> dict[str, Any]:
    event, place = one.event, one.event.place
    state = "cancelled" if one.off else one.state
    return {
        "id": str(event.public_id), "planned": one.original, "title": event.title,
        "title_en": event.title_en or None, "begins": one.begins, "ends": one.ends,
        "all_day": event.all_day, "state": state, "category": event.category,
        "venue": event.venue or None, "district": event.area.name if event.area else None,
        "free": event.free, "price": event.price or None, "audience": event.audience or None,
        "accessible": event.accessible, "organiser": event.organiser or None,
        "invented": event.invented, "slug": event.slug,
        "geometry": place.geometry if place else None,
    }  # fmt: skip
