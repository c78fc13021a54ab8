"""A new right to park, as it was asked for, with its price."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import folding, settings
from stadtkern.systems.parking_tickets.logic.quoting import Quote, now
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs.spans import whole
from stadtkern.systems.parking_tickets.models import Change, Operator, Session, Zone


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A right that somebody asks for. `plate` is written as `plates.normal` does it.

    `foreign` is the operator's own id of it. `vehicle` is a key of `quoting.VEHICLES`.
    """

    zone: Zone
    begins: datetime
    until: datetime | None
    plate: str
    source: str = "app"
    operator: Operator | None = None
    foreign: str = ""
    vehicle: str = "car"
    email: str = ""
    language: str = "de"
    remind: bool = False
    invented: bool = False


def check_times(wanted: Wanted) -> None:
    """Nothing begins in the past, beyond what clocks differ, or far ahead. Raises Refused."""
    begins, chosen = whole(wanted.begins), settings()
    if not wanted.zone.active:
        raise Refused("zone", "closed", _("This zone is not in use."))
    if begins < now() - timedelta(seconds=chosen.skew_seconds):
        raise Refused("time_start", "past", _("A right to park cannot begin in the past."))
    if begins > now() + timedelta(hours=chosen.ahead_hours):
        told = _("A right to park begins at most %s hours ahead.") % chosen.ahead_hours
        raise Refused("time_start", "far", told)


def repeated(actor: str, key: str, wanted: Wanted, plate_key: int | None) -> Session | None:
    """The right that the same request made earlier. Raises Refused: it was another request."""
    known = Change.objects.filter(actor=actor, key=key).first() if key else None
    if known is None:
        return None
    row = Session.objects.select_related("zone", "tariff", "operator").get(pk=known.session_id)
    same_plate = row.plate_key == plate_key or row.plate_key is None
    same = row.zone_id == wanted.zone.pk and same_plate and row.vehicle == wanted.vehicle
    if not same or not began_so(known, wanted.begins, wanted.until):
        raise used_key()
    return row


def began_so(first: Change, begins: datetime, until: datetime | None) -> bool:
    """Whether a right's first change is the start that these times ask for."""
    ends = whole(until) if until is not None else None
    return (first.kind, first.effective, first.until) == ("start", whole(begins), ends)


def used_key() -> Refused:
    """A key that stands for another request already."""
    return Refused("key", "used", _("This key was used for another request. Take a new one."))


def made(
    wanted: Wanted, told: Quote, plate_key: int | None, *, state: str = "active",
    once: UUID | None = None,
) -> Session:  # fmt: skip
    """The row with its price lines. An open end has no price yet."""
    row = Session.objects.create(
        public_id=once or uuid4(),
        source=wanted.source, operator=wanted.operator, foreign=wanted.foreign, zone=wanted.zone,
        tariff=told.tariff, plate_key=plate_key,
        plate_sealed=plates.seal(wanted.plate) if wanted.plate else None,
        vehicle=wanted.vehicle, during=(told.begins, told.until), open_ended=told.open_ended,
        before_seconds=told.before, used_seconds=told.seconds, state=state,
        cents=0 if told.open_ended else told.cents,
        email=sealing.seal(wanted.email) if wanted.email else None, language=wanted.language,
        remind=wanted.remind, invented=wanted.invented, changed=clock.now(), created=clock.now(),
    )  # fmt: skip
    row.during = folding.Range(told.begins, told.until)
    if not told.open_ended:
        folding.write_lines(row, told.lines)
    return row
