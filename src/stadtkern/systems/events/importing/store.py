"""Puts what was read into the city's calendar: nothing twice, nothing lost, nothing overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.find.words import fold
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.events import changes, schedule
from stadtkern.systems.events.importing import matching
from stadtkern.systems.events.importing.item import Item, Reading
from stadtkern.systems.events.models import Event, Occasion, Origin, Source

NEAR = timedelta(hours=24)
# What ended longer ago is not taken over any more.
STALE = timedelta(days=2)
CANCELLED_THERE = "Von der Veranstalterin oder dem Veranstalter abgesagt."


@dataclass(kw_only=True, slots=True)
class Done:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    known: int = 0
    past: int = 0
    gone: int = 0

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.changed} changed, {self.same} as before, "
            f"{self.known} known from elsewhere, {self.past} past, {self.gone} no longer there"
        )


@transaction.atomic
def store(source: Source, reading: Reading) -> Done:
    """Take everything over; the same document a second time changes nothing."""
    Source.objects.select_for_update().get(pk=source.pk)
    done = Done()
    known = {one.uid: one for one in source.origins.select_related("event")}
    venues = {fold(one.name): one for one in Place.objects.of_kind("events.venue")}
    for item in reading.items:
        origin = known.get(item.uid)
        if origin is None:
            _first_time(source, item, venues, done)
        else:
            _again(origin, item, venues, done)
    done.gone = _gone(source, {item.uid for item in reading.items})
    return done


def _first_time(source: Source, item: Item, venues: dict[str, Place], done: Done) -> None:
    if not item.rule and item.ends < clock.now() - STALE:
        done.past += 1
        return
    near = Event.objects.filter(begins__range=(item.begins - NEAR, item.begins + NEAR))
    same = matching.find(item, near.exclude(origins__source=source).select_related("place"))
    if same is not None:
        Origin.objects.create(event=same, source=source, uid=item.uid, url=item.url, main=False,
                              digest=item.digest)  # fmt: skip
        done.known += 1
        return
    event = Event(
        slug=changes.slug_for(item.title, item.begins), area=source.area,
        state="public" if source.trusted else "submitted",
        published=clock.now() if source.trusted else None,
    )  # fmt: skip
    _write(event, item, source, venues)
    Origin.objects.create(event=event, source=source, uid=item.uid, url=item.url,
                          digest=item.digest)  # fmt: skip
    record(f"source:{source.pk}", "events.imported", event, title=event.title)
    done.new += 1


def _again(origin: Origin, item: Item, venues: dict[str, Place], done: Done) -> None:
    if origin.gone is not None:
        Origin.objects.filter(pk=origin.pk).update(gone=None)
    if origin.digest == item.digest:
        done.same += 1
        return
    Origin.objects.filter(pk=origin.pk).update(digest=item.digest, url=item.url)
    if not origin.main:
        done.known += 1
        return
    event = origin.event
    if event.edited:
        # What staff wrote stays; that it was cancelled counts all the same.
        _cancel_as(event, item)
        event.save()
    else:
        event.sequence += 1
        _write(event, item, origin.source, venues)
    done.changed += 1


def _write(event: Event, item: Item, source: Source, venues: dict[str, Place]) -> None:
    for name in ("title", "text", "begins", "ends", "all_day", "rule", "where", "organiser",
                 "price", "free", "url"):  # fmt: skip
        setattr(event, name, getattr(item, name))
    event.category = item.category(source.category)
    event.without = list(item.without)
    event.place = _venue(item, source, venues)
    event.changed = clock.now()
    _cancel_as(event, item)
    event.save()
    schedule.lay_out(event)
    _single_dates(event, item)


def _cancel_as(event: Event, item: Item) -> None:
    if item.cancelled and event.cancelled is None:
        event.cancelled, event.note = clock.now(), CANCELLED_THERE
    elif not item.cancelled and event.note == CANCELLED_THERE:
        event.cancelled, event.note = None, ""


def _single_dates(event: Event, item: Item) -> None:
    rows = {row.original: row for row in event.occasions.all()}
    for one in item.changed:
        row = rows.get(one.original)
        if row is None:
            continue
        row.state = Occasion.CANCELLED if one.cancelled else Occasion.MOVED
        if (one.begins, one.ends) == (row.original, row.original + (item.ends - item.begins)):
            row.state = Occasion.CANCELLED if one.cancelled else Occasion.SCHEDULED
        row.begins, row.ends, row.note = one.begins, one.ends, one.note
        row.save()


def _venue(item: Item, source: Source, venues: dict[str, Place]) -> Place | None:
    """A place of that name, or a new one where the source says its position."""
    if not item.where:
        return None
    key = fold(item.where)
    if key not in venues and item.lon is not None and item.lat is not None:
        venues[key] = Place.objects.create(
            kind="events.venue", name=item.where, geometry=point(item.lon, item.lat),
            source=source.credit,
        )  # fmt: skip
    return venues.get(key)


def _gone(source: Source, listed: set[str]) -> int:
    """What is still ahead and no longer listed is marked, so that staff ask what became of it."""
    rows = source.origins.filter(gone=None, event__occasions__begins__gte=clock.now())
    missing = rows.exclude(uid__in=listed).distinct().values_list("pk", flat=True)
    return Origin.objects.filter(pk__in=list(missing)).update(gone=clock.now())


def summary(left_out: Mapping[str, int]) -> str:
    """Why entries could not be used, in a line."""
    return "; ".join(f"{count}: {why}" for why, count in sorted(left_out.items()))[:400]
