"""A look at a plate: what holds there and then, said in one word, and kept in the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account, ApiKey
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import permits, settings, validity, where
from stadtkern.systems.parking_tickets.logic.validity import Right
from stadtkern.systems.parking_tickets.models import ALLOWED, Check, Zone

# A check that was made offline comes within a shift, while plates are still known; a clock may be
# a little ahead.
LATEST: Final = timedelta(hours=24)
SKEW: Final = timedelta(minutes=5)
NAMED: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A look at a plate as `plates.normal` writes it. Without a zone the position says which.

    With `number` it is the number of a permit that goes with a person, such as a blue badge.
    """

    plate: str
    number: bool = False
    at: datetime
    zone: Zone | None = None
    lon: float | None = None
    lat: float | None = None
    officer: Account | None = None
    program: ApiKey | None = None
    offline: bool = False
    public_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The answer in one word (`models.RESULTS`), what it rests on, and all that was found.

    `check` is the public id of the row in the log, None where nothing was written.
    """

    result: str
    at: datetime
    zone: Zone | None
    area: str
    matched: Right | None
    found: Sequence[Right]
    check: UUID | None = None

    @property
    def allowed(self) -> bool:
        """Whether the car may stand there; what just ended within grace is let go by."""
        return self.result in ALLOWED

    @property
    def until(self) -> datetime | None:
        """When it ends or has ended; None where it is open or nothing was found."""
        return self.matched.ends if self.matched else None


def check(asked: Asked) -> Outcome:
    """Look, and write it down; the same look told twice stands in the log once.

    Another plate, or another person, under an id that is known is another look.
    """
    told = look(asked)
    row = _row(asked, told)
    if not _kept(row):
        first = Check.objects.get(public_id=row.public_id)
        if _same(first, row):
            return replace(look(replace(asked, at=first.at)), check=first.public_id)
        row.public_id = uuid4()
        row.save(force_insert=True)
    return replace(told, check=row.public_id)


def look(asked: Asked) -> Outcome:
    """What holds, without a trace."""
    zone, area = asked.zone, ""
    if asked.lon is not None and asked.lat is not None:
        at = where.spot(asked.lon, asked.lat)
        zone, area = zone or at.zone, at.area.code if at.area else ""
    keys = plates.keys_of(_typed(asked))
    held = validity.holds(keys, asked.at, plate="" if asked.number else asked.plate)
    found = sorted(held, key=lambda one: not _counts(one, zone, area))
    result, matched = judged(found, zone, area)
    return Outcome(result=result, at=asked.at, zone=zone, area=area, matched=matched, found=found)


def _typed(asked: Asked) -> str:
    return f"{permits.NUMBER}{asked.plate}" if asked.number else asked.plate


def judged(found: Sequence[Right], zone: Zone | None, area: str) -> tuple[str, Right | None]:
    """The word for what was found, and the right that it rests on.

    Without a zone and an area whatever holds somewhere counts: the officer sees where.
    """
    here = [one for one in found if _counts(one, zone, area)]
    for one in here:
        if one.holds:
            return _word(one), one
    if here:
        grace = timedelta(minutes=settings().grace_minutes)
        return ("grace" if here[0].ended <= grace else "ended"), here[0]
    away = next((one for one in found if one.holds), None)
    return ("elsewhere", away) if away else ("none", None)


def _counts(right: Right, zone: Zone | None, area: str) -> bool:
    if zone is None and not area:
        return True
    if validity.good_in(right, zone=zone.pk if zone else None, area=area or None):
        return True
    # The citizen office's permits name a zone by the number on its signs.
    return right.kind == "resident" and zone is not None and right.number == zone.number


def _word(right: Right) -> str:
    return {"right": "valid", "disc": "disc"}.get(right.kind, "permit")


def _row(asked: Asked, told: Outcome) -> Check:
    lon, lat = where.coarse(asked.lon, asked.lat)
    matched = [{"kind": one.kind, "ref": one.ref} for one in told.found[:NAMED]]
    return Check(
        public_id=asked.public_id, officer=asked.officer, program=asked.program, at=asked.at,
        told=clock.now(), offline=asked.offline, plate_sealed=plates.seal(asked.plate),
        plate_key=plates.key_of(_typed(asked)), zone=told.zone, lon=lon, lat=lat,
        result=told.result, until=told.until, matched={"found": matched, "area": told.area},
    )  # fmt: skip


def _kept(row: Check) -> bool:
    """Written down; False where a check has this id already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not Check.objects.filter(public_id=row.public_id).exists():
            raise
        return False
    return True


def _same(first: Check, again: Check) -> bool:
    """Whether it was told already and only the answer was lost on its way."""
    asker = (first.officer_id, first.program_id) == (again.officer_id, again.program_id)
    return asker and first.plate_key == again.plate_key and abs(first.at - again.at) <= SKEW


def within_reason(at: datetime | None) -> datetime | None:
    """An instant that a check may be about; None where it lies too far off."""
    now = clock.now()
    if at is None:
        return now
    latest = min(LATEST, timedelta(hours=settings().plate_hours))
    return min(at, now) if now - latest <= at <= now + SKEW else None
