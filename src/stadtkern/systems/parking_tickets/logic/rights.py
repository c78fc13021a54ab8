"""Rights to park: start, extend, shorten, stop, take back; each change priced, kept and booked.

Every function can be asked again with the same `key` by the same `actor`: the second time nothing
happens, and the right is returned as it is. All of them raise Refused, and then change nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import folding, quoting, settings, tariffs, turns
from stadtkern.systems.parking_tickets.logic.making import (
    Wanted,
    check_times,
    made,
    repeated,
    used_key,
)
from stadtkern.systems.parking_tickets.logic.quoting import Quote, now, quote
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs.spans import whole
from stadtkern.systems.parking_tickets.models import Change, Session

__all__ = [
    "Quote",
    "Refused",
    "Wanted",
    "cancel",
    "correct_plate",
    "extend",
    "quote",
    "shorten",
    "start",
    "stop",
]
SECOND = timedelta(seconds=1)


def start(wanted: Wanted, *, key: str, actor: str) -> Session:
    """A new right, running at once or from its beginning on.

    Without `until` its end is open: it lasts until it is stopped, at most to the longest stay or
    the end of charging hours, and is priced then.
    """
    plate_key = plates.key_of(wanted.plate) if wanted.plate else None
    try:
        with transaction.atomic():
            turns.take([plate_key])
            if known := repeated(actor, key, wanted, plate_key):
                return known
            check_times(wanted)
            told = quote(wanted.zone, wanted.begins, wanted.until, vehicle=wanted.vehicle,
                         plate_key=plate_key)  # fmt: skip
            check_alone(wanted.zone.pk, plate_key, told.begins, told.until)
            row = made(wanted, told, plate_key)
            folding.note(row, "start", effective=told.begins, key=key, actor=actor, before=0)
        return row
    except IntegrityError as error:
        if known := repeated(actor, key, wanted, plate_key):
            return known
        raise _told_by(error) from error


def extend(session_id: int | UUID, until: datetime, *, key: str, actor: str) -> Session:
    """A later end, priced as if the whole time had been bought at once."""
    with transaction.atomic():
        row, known = _taken(session_id, "extend", key, actor, until=until)
        if known:
            return row
        check_runs(row)
        if row.open_ended and whole(until) < now() - _skew():
            raise Refused("time_end", "past", _("Time that is over is not given back."))
        if not row.open_ended and whole(until) <= row.during.upper:
            raise Refused("time_end", "not_later", _("This is not later. Shorten it instead."))
        return _ends_at(row, whole(until), "extend", key, actor)


def shorten(session_id: int | UUID, until: datetime, *, key: str, actor: str) -> Session:
    """An earlier end; only time that is still to come is given back."""
    with transaction.atomic():
        row, known = _taken(session_id, "shorten", key, actor, until=until)
        if known:
            return row
        check_runs(row)
        if whole(until) >= row.during.upper:
            raise Refused("time_end", "not_earlier", _("This is not earlier. Extend it instead."))
        if whole(until) < now() - _skew():
            raise Refused("time_end", "past", _("Time that is over is not given back."))
        return _ends_at(row, whole(until), "shorten", key, actor)


def stop(
    session_id: int | UUID, at: datetime | None = None, *, key: str, actor: str
) -> Session:  # fmt: skip
    """It ends now, or at an instant that the seller's clock showed a moment ago."""
    with transaction.atomic():
        row, known = _taken(session_id, "stop", key, actor, until=at)
        if known:
            return row
        check_runs(row)
        ends = whole(at) if at is not None else now()
        _check_stop(row, ends)
        row.state, row.open_ended = "ended", False
        return folding.refold(row, _end_of(row, ends), "stop", key, actor)


def cancel(session_id: int | UUID, *, key: str, actor: str) -> Session:
    """As if it had never been: before it begins, or just after it was bought."""
    with transaction.atomic():
        row, known = _taken(session_id, "cancel", key, actor)
        if known:
            return row
        if row.state == "cancelled":
            raise Refused("id", "cancelled", _("This right to park was taken back already."))
        if row.during.lower <= now() and not _just_made(row):
            raise Refused("id", "begun", _("It has begun. Stop it instead."))
        return folding.emptied(row, key, actor)


def correct_plate(
    session_id: int | UUID, plate: str, *, key: str, actor: str, vehicle: str = ""
) -> Session:
    """Another number plate, as `plates.normal` writes it: before it begins, or just after.

    What this plate used before counts, so the price may change; so may the `vehicle`.
    """
    plate_key = plates.key_of(plate)
    with transaction.atomic():
        row, known = _taken(session_id, "plate", key, actor, plate_key)
        if known:
            return row
        check_runs(row)
        if row.during.lower <= now() and not _just_made(row):
            told = _("It has begun with this plate. Stop it and start another one.")
            raise Refused("registration_number", "begun", told)
        check_alone(row.zone_id, plate_key, row.during.lower, row.during.upper, row.pk)
        was, row.vehicle = row.cents, vehicle or row.vehicle
        _reckon_for(row, plate_key)
        row.plate_key, row.plate_sealed = plate_key, plates.seal(plate)
        row.save(update_fields=["plate_key", "plate_sealed", "vehicle", "before_seconds"])
        return folding.note(row, "plate", effective=now(), key=key, actor=actor, before=was)


def _reckon_for(row: Session, plate_key: int) -> None:
    """Price and longest stay as if it had been bought for this plate."""
    rules, begins = tariffs.read(row.tariff.rules), row.during.lower
    until = None if row.open_ended else row.during.upper
    before = quoting.used(row.zone, plate_key, begins, until or begins, rules, besides=row.pk)
    told = quoting.priced(row.tariff, rules, begins, until, vehicle=row.vehicle, before=before)
    row.before_seconds = before
    folding.reprice(row, told)


def _taken(
    session_id: int | UUID, kind: str, key: str, actor: str, *plate_keys: int,
    until: datetime | None = None,
) -> tuple[Session, bool]:  # fmt: skip
    """The right, locked with its plate; and whether this very request was served before."""
    rows = Session.objects.filter(
        **({"public_id": session_id} if isinstance(session_id, UUID) else {"pk": session_id})
    )
    first = rows.values_list("pk", "plate_key").first()
    if first is None:
        raise Refused("id", "unknown", _("There is no such right to park."))
    turns.take([first[1], *plate_keys])
    row = (
        Session.objects.select_for_update(of=("self",))
        .select_related("zone", "tariff", "operator")
        .get(pk=first[0])
    )
    known = Change.objects.filter(actor=actor, key=key).first() if key else None
    if known is not None and (known.session_id, known.kind) != (row.pk, kind):
        raise used_key()
    if known is not None and until is not None and known.effective != _end_of(row, until):
        raise used_key()
    return row, known is not None


def _end_of(row: Session, until: datetime) -> datetime:
    """No right is shorter than a second."""
    shortest: datetime = row.during.lower + SECOND
    return max(whole(until), shortest)


def check_runs(row: Session) -> None:
    if row.state == "cancelled":
        raise Refused("id", "cancelled", _("This right to park was taken back."))
    if row.state == "held":
        raise Refused("id", "not_paid", _("This right to park is not paid yet."))
    if row.state == "ended" or row.during.upper <= now():
        raise Refused("time_end", "ended", _("This right to park has ended. Start a new one."))


def _check_stop(row: Session, ends: datetime) -> None:
    if row.during.lower > now() + _skew():
        raise Refused("time_end", "not_begun", _("It has not begun yet. Take it back instead."))
    if ends > now() + _skew():
        raise Refused("time_end", "future", _("This is in the future. Shorten it instead."))
    if ends < now() - _skew():
        raise Refused("time_end", "past", _("Time that is over is not given back."))
    if ends > row.during.upper:
        raise Refused("time_end", "ended", _("This right to park has ended. Start a new one."))


def check_alone(
    zone_id: int, plate_key: int | None, begins: datetime, until: datetime,
    besides: int | None = None,
) -> None:  # fmt: skip
    """At most one charged right for a plate in a zone at any instant."""
    if plate_key is None:
        return
    if quoting.overlapping(zone_id, plate_key, begins, until, besides=besides) is not None:
        raise Refused("registration_number", "already", _already())


def _already() -> str:
    return _("This number plate has a right to park here in this time already. Extend that one.")


def _told_by(error: IntegrityError) -> Exception:
    """What the database's own rules say, in the words of people."""
    if "one_right_at_a_time" in str(error):
        return Refused("registration_number", "already", _already())
    if "operators_own_id" in str(error):
        return Refused("id", "taken", _("You have another right with this id of yours."))
    return error


def _ends_at(row: Session, until: datetime, kind: str, key: str, actor: str) -> Session:
    if until <= row.during.lower:
        raise Refused("time_end", "before_start", _("The end must be later than the beginning."))
    check_alone(row.zone_id, row.plate_key, row.during.lower, until, row.pk)
    rules = tariffs.read(row.tariff.rules)
    around = quoting.used(row.zone, row.plate_key, row.during.lower, until, rules, besides=row.pk)
    if kind == "extend":
        quoting.priced(row.tariff, rules, row.during.lower, until, vehicle=row.vehicle,
                       before=row.before_seconds,
                       room_before=max(around, row.before_seconds))  # fmt: skip
        # Whoever asked for a reminder hears of the new end too.
        row.reminded = None
    row.open_ended = False
    return folding.refold(row, until, kind, key, actor)


def _just_made(row: Session) -> bool:
    return now() - row.created <= timedelta(seconds=settings().undo_seconds)


def _skew() -> timedelta:
    return timedelta(seconds=settings().skew_seconds)
