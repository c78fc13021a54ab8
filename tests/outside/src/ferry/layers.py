"""The landings as pins."""

from collections.abc import Iterator

from ferry.logic import state_of
from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin
from stadtkern.kernel.things.models import Datastream


def landings() -> Iterator[Pin]:
    """Each landing with its water level, in one query."""
    for stream in Datastream.objects.to_show().filter(thing__kind="ferry.gauge"):
        latest, place = getattr(stream, "latest", None), stream.thing.place
        stale = latest is None or clock.age(latest.at) > stream.stale_after
        level = latest.value if latest else None
        yield Pin(
            place=place.public_id,
            name=place.title,
            lon=place.lon,
            lat=place.lat,
            state=state_of(level, stale=stale),
            label="–" if level is None else f"{level:.0f}",
            text="" if level is None else f"{level:.0f} cm",
            stale=stale,
            at=latest.at if latest else None,
            datastreams=(stream.pk,),
        )
