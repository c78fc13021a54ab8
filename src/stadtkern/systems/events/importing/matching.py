"""Whether two calendars speak of the same event: by time, title and place."""

from collections.abc import Iterable
from datetime import timedelta

from rapidfuzz import fuzz

from stadtkern.kernel.catalogue.find.words import fold
from stadtkern.systems.events.importing.item import Item
from stadtkern.systems.events.models import Event

# Doors and beginning are often told as each other.
APART = timedelta(minutes=60)
SAME_TITLE = 86.0
SURE_TITLE = 94.0
SAME_PLACE = 70.0


def find(item: Item, among: Iterable[Event]) -> Event | None:
    """The event that it is, the most alike; None where there is none."""
    scored = [(score, one.pk, one) for one in among if (score := alike(item, one))]
    return max(scored)[2] if scored else None


def alike(item: Item, event: Event) -> float:
    """0 where they are different events; else how alike the titles are (0 to 100)."""
    if not _at_the_same_time(item, event):
        return 0.0
    title = fuzz.token_set_ratio(fold(item.title), fold(event.title))
    ours, theirs = fold(event.venue), fold(item.where)
    if ours and theirs:
        place = fuzz.partial_token_sort_ratio(ours, theirs)
        return title if title >= SAME_TITLE and place >= SAME_PLACE else 0.0
    return title if title >= SURE_TITLE else 0.0


def _at_the_same_time(item: Item, event: Event) -> bool:
    if item.all_day or event.all_day:
        return abs(item.begins - event.begins) < timedelta(hours=24)
    return abs(item.begins - event.begins) <= APART
