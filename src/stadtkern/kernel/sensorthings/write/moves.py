"""A thing that comes to stand elsewhere, and the history of it (18-088, 10.2)."""

from django.db.models import Max

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import HistoricalLocation, Thing


def move(thing: Thing, place: int) -> None:
    """Put a thing to a place; where it is new to it, its history gets an entry."""
    if thing.place_id == place:
        return
    thing.place_id = place
    thing.save(update_fields=["place"])
    remember(thing)


def remember(thing: Thing) -> None:
    """Note in the thing's history where it stands from now on."""
    if thing.place_id is not None:
        HistoricalLocation.objects.create(thing=thing, place_id=thing.place_id, time=clock.now())


def follow(entry: HistoricalLocation) -> None:
    """The newest entry of a thing's history says where it stands."""
    newest = HistoricalLocation.objects.filter(thing=entry.thing_id).aggregate(t=Max("time"))["t"]
    if newest == entry.time and entry.time <= clock.now():
        Thing.objects.filter(pk=entry.thing_id).update(place=entry.place_id)
