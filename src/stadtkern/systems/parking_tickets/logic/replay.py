"""A plate at an instant, told twice: as the city knew it then, and as it knows it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import validity
from stadtkern.systems.parking_tickets.models import (
    Change,
    Check,
    FormerPlate,
    Parking,
    Session,
)

# A ticket for another time of the day may explain a mistake.
AROUND: Final = timedelta(hours=12)
MOST: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One change: when the city learned it, what it was, the end after it."""

    learned: datetime
    kind: str
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A ticket as it was known at some instant; `until` is None where the end was open.

    `plate` says whether it was for the plate: "yes", "before" (corrected later), "after"
    (corrected to it later), "gone" (the plate was deleted since).
    """

    ref: str
    zone: str
    source: str
    seller: str
    begins: datetime
    until: datetime | None
    state: str
    plate: str
    steps: tuple[Step, ...]

    def covers(self, at: datetime) -> bool:
        """Whether it held at an instant."""
        open_or_later = self.until is None or at < self.until
        runs = self.state in ("active", "ended")
        return runs and self.plate == "yes" and self.begins <= at and open_or_later


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """Tickets as known then and now, permits and checks: all that a decision needs."""

    at: datetime
    then: tuple[Told, ...]
    now: tuple[Told, ...]
    permits: tuple[Mapping[str, Any], ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    made: datetime | None = None


def picture(plate: str, at: datetime) -> Picture:
    """All that is known of a plate around an instant; `then` is what had reached us by then."""
    keys, now = plates.keys_of(plate), clock.now()
    rows = _sessions(keys, at)
    return Picture(
        at=at, then=_folded(rows, at, keys), now=_folded(rows, now, keys), made=now,
        permits=tuple(_permits(plate, keys, at)), checks=tuple(_checks(keys, at)),
    )  # fmt: skip


def _sessions(keys: Sequence[int], at: datetime) -> list[Session]:
    former = FormerPlate.objects.filter(plate_key__in=keys).values("session")
    rows = Session.objects.filter(
        Q(plate_key__in=keys) | Q(pk__in=former),
        during__overlap=(at - AROUND, at + AROUND),
    ).exclude(state="held")  # fmt: skip
    return list(rows.select_related("zone", "operator").prefetch_related("changes")
                .order_by("during")[:MOST])  # fmt: skip


def _folded(
    rows: Iterable[Session], known: datetime, keys: Sequence[int] | None
) -> tuple[Told, ...]:
    pks = [row.pk for row in rows]
    former = list(FormerPlate.objects.filter(session__in=pks).order_by("pk"))
    found = (_fold(row, known, keys, [f for f in former if f.session_id == row.pk]) for row in rows)
    return tuple(one for one in found if one is not None)


def _fold(
    row: Session, known: datetime, keys: Sequence[int] | None, former: Sequence[FormerPlate]
) -> Told | None:
    """The right as the changes that were known by then make it; None before the first."""
    changes = [c for c in row.changes.all() if c.requested <= known]
    if not changes:
        return None
    last, source = changes[-1], row.get_source_display()
    state = {"cancel": "cancelled", "stop": "ended"}.get(last.kind, "active")
    return Told(
        ref=str(row.public_id), zone=row.zone.number, source=str(source),
        seller=row.operator.name if row.operator else "", begins=row.during.lower,
        until=last.until, state=state, plate=_plate(row, known, keys, former),
        steps=tuple(_step(one) for one in changes),
    )  # fmt: skip


def _plate(
    row: Session, known: datetime, keys: Sequence[int] | None, former: Sequence[FormerPlate]
) -> str:
    if row.plate_key is None or keys is None:
        return "gone"
    corrected = [one.requested for one in row.changes.all() if one.kind == "plate"]
    told = zip(former, corrected, strict=False)
    had = next((one.plate_key for one, at in told if known < at), row.plate_key)
    if had in keys:
        return "yes"
    return "after" if row.plate_key in keys else "before"


def _step(change: Change) -> Step:
    return Step(learned=change.requested, kind=change.kind, until=change.until)


def _permits(plate: str, keys: Sequence[int], at: datetime) -> Iterable[Mapping[str, Any]]:
    for one in validity.holds(list(keys), at, plate=plate):
        if one.kind != "right":
            yield {"kind": one.kind, "sort": one.sort, "where": one.area or one.number,
                   "begins": one.begins, "ends": one.ends, "ref": one.ref,
                   "holds": one.holds, "learned": one.learned, "changed": one.changed,
                   "since": _since_then(one, at)}  # fmt: skip


def _since_then(one: validity.Right, at: datetime) -> str:
    """What happened to a permit after the instant: "given", "changed" or nothing."""
    if one.learned > at:
        return "given"
    return "changed" if one.changed > at else ""


def _checks(keys: Sequence[int], at: datetime) -> Iterable[Mapping[str, Any]]:
    rows = Check.objects.filter(plate_key__in=keys, at__range=(at - AROUND, at + AROUND))
    for one in rows.select_related("zone").order_by("at")[:MOST]:
        yield {"at": one.at, "told": one.told, "offline": one.offline, "result": one.result,
               "zone": one.zone.number if one.zone else "", "id": str(one.public_id)}  # fmt: skip


def kept(found: Picture) -> dict[str, Any]:
    """The picture as JSON, without the plate: a fine's own copy."""
    return {"at": _iso(found.at), "made": _iso(found.made),
            "then": [_told_json(one) for one in found.then],
            "now": [_told_json(one) for one in found.now],
            "permits": [_plain(one) for one in found.permits],
            "checks": [_plain(one) for one in found.checks]}  # fmt: skip


def read(evidence: Mapping[str, Any]) -> Picture:
    """The picture that a fine keeps, with what became of its tickets since."""
    then, now = (tuple(map(_told_of, evidence.get(name, ()))) for name in ("then", "now"))
    return Picture(
        at=_at(evidence["at"]), made=_at(evidence["made"]), then=then,
        now=tuple(_since(one) for one in now),
        permits=tuple(_timed(one, "begins", "ends", "learned", "changed")
                      for one in evidence.get("permits", ())),
        checks=tuple(_timed(one, "at", "told") for one in evidence.get("checks", ())),
    )  # fmt: skip


def _since(told: Told) -> Told:
    """The same ticket with changes that came later; its plate is judged as it was kept."""
    row = _session_of(told.ref)
    fresh = _fold(row, clock.now(), None, ()) if row is not None else None
    if fresh is None:
        return told
    return Told(**{**_fields(fresh), "plate": told.plate})


def _fields(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in Told.__dataclass_fields__}


def _session_of(ref: str) -> Session | None:
    rows = Session.objects.select_related("zone", "operator").prefetch_related("changes")
    return rows.filter(public_id=ref).first()


def confirmed(number: str) -> Told | None:
    """The ticket with a confirmation number that a driver shows, as it is known now."""
    try:
        ref = UUID(number.strip())
    except ValueError:
        return None
    parking = Parking.objects.filter(public_id=ref, session__isnull=False).first()
    if parking is not None and parking.session is not None:
        ref = parking.session.public_id
    row = _session_of(str(ref))
    return _fold(row, clock.now(), None, ()) if row is not None else None


def _told_json(told: Told) -> dict[str, Any]:
    return {**_plain(asdict(told)), "steps": [_plain(asdict(one)) for one in told.steps]}


def _told_of(said: Mapping[str, Any]) -> Told:
    steps = tuple(Step(learned=_at(s["learned"]), kind=s["kind"], until=_maybe(s["until"]))
                  for s in said["steps"])  # fmt: skip
    return Told(**{**said, "steps": steps, "begins": _at(said["begins"]),
                   "until": _maybe(said["until"])})  # fmt: skip


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _iso(v) if isinstance(v, datetime) else v for name, v in said.items()}


def _timed(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**said, **{name: _maybe(said.get(name)) for name in names}}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return _at(text) if text else None
