"""Free spaces over time, from the series of the count."""

from datetime import datetime, timedelta

from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.parking import models
from stadtkern.systems.parking.bays import COUNT
from stadtkern.systems.parking.logic.counting import FREE
from stadtkern.systems.parking.logic.found import Site

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def counts(
    site: Site | models.Site, begins: datetime, ends: datetime, step: timedelta
) -> list[tuple[datetime, float | None]]:
    """Means of free spaces in equal steps, with the instants at which these begin (UTC).

    The range is widened to whole steps of the city's day; None where nothing was counted. A step
    of whole days follows the city's days, which are an hour longer or shorter twice a year.
    """
    stream = _stream(site)
    if stream is None or ends <= begins:
        return []
    found = series.in_steps([stream], begins, ends, _step(step))
    return list(zip(found.times, found.lines[0].mean, strict=True))


def _stream(site: Site | models.Site) -> int | None:
    if isinstance(site, Site):
        return site.datastream
    streams = Datastream.objects.filter(
        thing__place=site.place_id, thing__kind=COUNT, observed_property__slug=FREE
    )
    return streams.order_by("pk").values_list("pk", flat=True).first()


def _step(step: timedelta) -> Step:
    """Hours and days are counted by the store already; below that the observations are read."""
    for unit, size in (("day", DAY), ("hour", HOUR)):
        if step >= size and step % size == timedelta():
            return Step(unit=unit, count=step // size)  # type: ignore[arg-type]
    return Step(unit="minute", count=max(step // MINUTE, 1))
