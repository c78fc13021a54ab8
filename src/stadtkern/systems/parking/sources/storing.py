"""Puts what a source said beside what we know: new car parks, questions to staff, numbers."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import COUNT, SITE
from stadtkern.systems.parking.models import Offer, Site, Source
from stadtkern.systems.parking.sources import believing, matching
from stadtkern.systems.parking.sources.reading.told import Batch, Refusal, Told, Wrong

# What of a site a source may set, by name in `Told.facts`.
FACTS: Final = (
    "kind", "operator", "opening_hours", "max_height_cm", "max_stay_minutes", "has_fee", "covered",
    "park_and_ride", "outside_ids",
)  # fmt: skip
# What a round tells of an offer; what staff decide is theirs.
OFFERED: Final = (
    "name", "lon", "lat", "told_free", "told_capacity", "measured", "notice", "facts", "seen",
)  # fmt: skip
# How long a closure holds that is told again with every round.
CLOSED_FOR: Final = timedelta(minutes=30)
CLOSED: Final = "Laut Betreiber geschlossen"


@dataclass(kw_only=True, slots=True)
class Stored:
    """What a round brought."""

    made: int = 0
    asked: int = 0
    numbers: int = 0


def store_batch(source: Source, batch: Batch) -> Stored:
    """Store everything that was told; what cannot be used is put among the batch's refusals.

    Statements for new car parks are some each, for those that are known some for all of them.
    """
    with transaction.atomic():
        # Two rounds at once would both find a car park missing.
        Source.objects.select_for_update().get(pk=source.pk)
        told = _usable(batch)
        offers = {one.uid: one for one in source.offers.select_related("site__place")}
        _lock(offers.values())
        done = Stored()
        _new(source, [one for one in told if one.uid not in offers], offers, batch, done)
        rows = [(one, offers[one.uid]) for one in told if one.uid in offers]
        _write(rows, done)
        for one, offer in rows:
            _tell(one, offer)
        Offer.objects.bulk_update([offer for _one, offer in rows], OFFERED, batch_size=500)
    return done


def _lock(offers: Iterable[Offer]) -> None:
    """What staff say of a car park meanwhile waits, and is not written over with what was read."""
    keys = [one.site_id for one in offers if one.site_id is not None]
    rows = Site.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    newest = {row.pk: row for row in rows}
    for one in offers:
        if one.site is not None and one.site_id in newest:
            place = one.site.place
            one.site = newest[one.site_id]
            one.site.place = place


def hold(source: Source) -> int:
    """Nothing changed there: what was told to be closed is closed on. How many car parks."""
    told = source.offers.filter(state="taken").values("site")
    rows = Site.objects.filter(pk__in=told, closed_why=CLOSED)
    return rows.update(closed_until=clock.now() + CLOSED_FOR)


def _usable(batch: Batch) -> list[Told]:
    """Each car park once, with numbers that have a time."""
    now, kept, found = clock.now(), [], set()
    for one in batch.told:
        try:
            if one.uid in found:
                raise Wrong("uid", _("is there more than once"))
            found.add(one.uid)
            believing.check(one, now)
            kept.append(one)
        except Wrong as wrong:
            batch.refused.append(Refusal(row=one.uid, field=wrong.field, reason=wrong.reason))
    return kept


def _new(
    source: Source, told: Sequence[Told], offers: dict[str, Offer], batch: Batch, done: Stored
) -> None:
    """Car parks that this source had not before."""
    if not told:
        return
    sites = matching.our_sites()
    own, others = matching.own_uids(sites), matching.others(sites, offers.values())
    for one in told:
        try:
            lon, lat = check_new(one, own)
        except Wrong as wrong:
            batch.refused.append(Refusal(row=one.uid, field=wrong.field, reason=wrong.reason))
            continue
        found = matching.like(one, others)
        offer = Offer(
            source=source, uid=one.uid, name=one.name, lon=lon, lat=lat,
            state="asked" if found else "taken", like=found.site if found else None,
            distance_m=found.metres if found else None, facts=dict(one.facts),
            told_capacity=one.capacity,
        )  # fmt: skip
        if found is None:
            offer.site = make_site(source, one)
            done.made += 1
        else:
            done.asked += 1
        offer.save()
        offers[one.uid] = offer


def check_new(one: Told, own: Collection[str]) -> tuple[float, float]:
    """Its position. Raises Wrong: no name, position, capacity, or one that we publish ourselves."""
    if not one.name:
        raise Wrong("name", _("is missing"))
    if one.lon is None or one.lat is None:
        raise Wrong("lat", _("is missing"))
    if one.capacity is None:
        raise Wrong("capacity", _("is missing"))
    if one.uid in own:
        raise Wrong("uid", _("is a car park that this city publishes itself"))
    return one.lon, one.lat


def make_site(source: Source, one: Told) -> Site:
    """A car park of ours, filled by the source: its place, its facts, its count's datastream."""
    place = Place.objects.create(
        kind=SITE, name=one.name, geometry=point(one.lon or 0.0, one.lat or 0.0),
        street=str(one.facts.get("address", ""))[:200], source=source.credit,
        licence=source.licence, invented=source.invented,
    )  # fmt: skip
    facts = {key: one.facts[key] for key in FACTS if key in one.facts}
    site = Site.objects.create(
        place=place, uid=_uid(source, one), counting="reported", capacity=one.capacity or 0,
        source=source.credit, licence=source.licence, **{"opening_hours": "", **facts},
    )  # fmt: skip
    stream = logic.count_stream(place)
    Datastream.objects.filter(pk=stream.pk).update(source=source.credit, licence=source.licence)
    return site


def _uid(source: Source, one: Told) -> str:
    plain = f"{source.slug}-{slugify(one.uid) or 'site'}"[:60].strip("-")
    taken = Site.objects.filter(uid=plain).exists()
    digest = hashlib.sha256(one.uid.encode()).hexdigest()[:8]
    return f"{plain[:51]}-{digest}" if taken else plain


def _write(rows: Sequence[tuple[Told, Offer]], done: Stored) -> None:
    """The numbers of all car parks in one statement; those that changed, in another."""
    taken = [(one, offer) for one, offer in rows if offer.state == "taken" and offer.site_id]
    streams = _streams([offer for _one, offer in taken])
    observed, changed = [], []
    for one, offer in taken:
        site = offer.site
        assert site is not None
        if _update(site, one):
            changed.append(site)
        believed = believing.number(one, site.capacity)
        offer.notice = believed.notice
        stream = streams.get(site.place_id)
        if stream is not None and believed.free is not None and believing.is_news(one, offer):
            observed.append(_observation(stream, one, believed))
    Site.objects.bulk_update(changed, ["capacity", "closed_until", "closed_why", "changed"])
    store.write(observed, kinds=(COUNT,))
    logic.remember_told([offer.site for _one, offer in taken if offer.site is not None])
    done.numbers = len(observed)


def _streams(offers: Sequence[Offer]) -> dict[int, int]:
    places = [offer.site.place_id for offer in offers if offer.site is not None]
    rows = Datastream.objects.filter(
        thing__place__in=places, thing__kind=COUNT, observed_property__slug=logic.FREE
    )
    return dict(rows.order_by("-pk").values_list("thing__place", "pk"))


def _observation(stream: int, one: Told, believed: believing.Believed) -> store.Observation:
    assert one.measured is not None
    assert believed.free is not None
    extra: Mapping[str, Any] = {"told": one.free} if believed.notice else {}
    return store.Observation(
        datastream=stream, at=one.measured, value=float(believed.free),
        quality=store.SUSPECT if believed.notice else store.GOOD, extra=dict(extra) or None,
    )  # fmt: skip


def _update(site: Site, one: Told) -> bool:
    """Capacity and closure as the source says them; whether anything changed."""
    before = (site.capacity, site.closed_why, site.closed_until)
    if one.capacity is not None:
        site.capacity = one.capacity
    by_staff = logic.is_shut(site) and site.closed_why != CLOSED
    if by_staff:
        pass
    elif one.opening == "closed":
        site.closed_why, site.closed_until = CLOSED, _closed_until(site.closed_until)
    elif one.opening == "open" and site.closed_why == CLOSED:
        site.closed_why, site.closed_until = "", None
    after = (site.capacity, site.closed_why, site.closed_until)
    if before[:2] != after[:2]:
        site.changed = clock.now()
    return before != after


def _closed_until(before: datetime | None) -> datetime:
    until = clock.now() + CLOSED_FOR
    return max(until, before) if before else until


def _tell(one: Told, offer: Offer) -> None:
    """What was said last, whether it is believed or not."""
    offer.name = one.name or offer.name
    if one.lon is not None and one.lat is not None:
        offer.lon, offer.lat = one.lon, one.lat
    offer.told_free, offer.seen = one.free, clock.now()
    offer.told_capacity = one.capacity if one.capacity is not None else offer.told_capacity
    offer.measured = one.measured or offer.measured
    offer.facts = {**offer.facts, **one.facts}
