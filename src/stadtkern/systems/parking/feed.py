"""The car parks as other programs read them: records of the shared parking interfaces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel.feeds.parking import (
    Audience,
    Count,
    Entrance,
    Facility,
    Grade,
    Opening,
    Price,
    Spot,
    WayKind,
)
from stadtkern.systems.parking import logic, models
from stadtkern.systems.parking.bays import Bay
from stadtkern.systems.parking.logic import Site
from stadtkern.systems.parking.sources import providers

GRADES: Mapping[str, Grade] = {"good": "many", "tight": "few", "bad": "full"}
AUDIENCES: Mapping[str, Audience] = {
    "disabled": "disabled", "electric": "electric", "family": "family",
}  # fmt: skip


def facilities() -> Iterator[Facility]:
    """Every car park with its counts and bays; a fixed number of queries."""
    more = _More(
        providers=providers.by_site(), entrances=_by_site(models.Entrance.objects.all()),
        prices=_by_site(models.Price.objects.all()),
    )  # fmt: skip
    with override("de"):
        for one in logic.sites():
            if one.place.lon is not None and one.place.lat is not None:
                yield _facility(one, more)


@dataclass(frozen=True, kw_only=True, slots=True)
class _More:
    """What stands beside the sites, by their key."""

    providers: Mapping[int, providers.Provider]
    entrances: Mapping[int, Sequence[models.Entrance]]
    prices: Mapping[int, Sequence[models.Price]]


R = TypeVar("R", models.Entrance, models.Price)


def _by_site(rows: Iterable[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.site_id, []).append(row)
    return found


def _facility(one: Site, more: _More) -> Facility:
    facts, place = one.facts, one.place
    provider = more.providers.get(facts.pk)
    return Facility(
        uid=f"parking-{facts.uid}", system="parking", place=place.public_id,
        name=place.name, name_en=place.name_en, purpose="CAR", kind=facts.kind,
        lon=place.lon or 0.0, lat=place.lat or 0.0, counts=tuple(_counts(one)),
        static_at=max(place.created, facts.changed), at=one.at,
        live=facts.counting != "none", opening=_opening(one.open),
        opening_hours=facts.opening_hours, confidence=one.confidence,
        thresholds=(facts.low_below, facts.low_above, facts.full_below, facts.full_above),
        trend=one.trend, grade=GRADES.get(one.state, "") if one.free is not None else "",
        entrances=tuple(_entrance(row) for row in more.entrances.get(facts.pk, ())),
        prices=tuple(_price(row) for row in more.prices.get(facts.pk, ())),
        spots=tuple(_spots(one)), has_fee=facts.has_fee,
        max_height_cm=facts.max_height_cm, max_stay_minutes=facts.max_stay_minutes,
        park_and_ride=tuple(facts.park_and_ride), covered=facts.covered, operator=facts.operator,
        address=_address(one), note=facts.closed_why if one.open is False else "",
        page=reverse("parking:site", args=[place.public_id]),
        source=facts.source or one.source_now or place.source,
        licence=facts.licence or one.licence or place.licence,
        provider=provider.slug if provider else "",
        provider_name=provider.name if provider else "",
        invented=place.invented, outside_ids=tuple(sorted(facts.outside_ids.items())),
    )  # fmt: skip


def _counts(one: Site) -> Iterator[Count]:
    yield Count(audience="all", capacity=one.capacity, free=one.free)
    for key, audience in AUDIENCES.items():
        tally = one.by_audience.get(key)
        if tally is not None and tally.capacity:
            yield Count(audience=audience, capacity=tally.capacity, free=one.free_of(key))


def _opening(is_open: bool | None) -> Opening:
    if is_open is None:
        return "unknown"
    return "open" if is_open else "closed"


def _entrance(row: models.Entrance) -> Entrance:
    kind: WayKind = row.kind  # type: ignore[assignment]
    return Entrance(lon=row.lon, lat=row.lat, kind=kind, name=row.name)


def _price(row: models.Price) -> Price:
    return Price(title=row.title, cents=row.cents, minutes=row.minutes)


def _spots(one: Site) -> Iterator[Spot]:
    for bay in one.bays:
        if bay.lon is None or bay.lat is None:
            continue
        yield Spot(
            uid=str(bay.public_id), name=bay.name, lon=bay.lon, lat=bay.lat,
            audience=AUDIENCES.get(bay.audience, "all"), state=bay.state, at=_told_at(bay),
            max_stay_minutes=one.facts.max_stay_minutes,
        )  # fmt: skip


def _told_at(bay: Bay) -> datetime | None:
    """When the sensor last spoke; an unknown state has no time that would vouch for it."""
    return bay.told_at if bay.state != "unknown" else None


def _address(one: Site) -> str:
    place = one.place
    town = f"{place.postcode} {place.town}".strip()
    return ", ".join(part for part in (place.street, town) if part)
