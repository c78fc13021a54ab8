"""Tickets that machines sell for coins: into the same list and the same books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import (
    calendar,
    folding,
    quoting,
    settings,
    tariffs,
    turns,
)
from stadtkern.systems.parking_tickets.logic.folding import Range
from stadtkern.systems.parking_tickets.logic.quoting import now
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs import Line, Priced
from stadtkern.systems.parking_tickets.logic.tariffs.prices import REST
from stadtkern.systems.parking_tickets.logic.tariffs.spans import whole
from stadtkern.systems.parking_tickets.models import CoinTicket, Machine, Session, Tariff

# A machine without a network tells its tickets later; the coins are in it all the same.
LATEST: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coins:
    """What was thrown in, when, and for which ticket. The plate is written by `plates.normal`."""

    number: str
    cents: int
    begins: datetime
    vehicle: str = "car"
    plate: str = ""


def sell(machine: Machine, coins: Coins) -> CoinTicket:
    """The ticket with the end that the coins pay for; the same one when it is told again.

    The city keeps all coins: what is left over stands on a line of its own. Raises Refused.
    """
    plate_key = plates.key_of(coins.plate) if coins.plate else None
    try:
        with transaction.atomic():
            turns.take([plate_key])
            if known := _known(machine, coins):
                return known
            return _sold(machine, coins, plate_key)
    except IntegrityError:
        if known := _known(machine, coins):
            return known
        raise


def _known(machine: Machine, coins: Coins) -> CoinTicket | None:
    found = (
        CoinTicket.objects.filter(machine=machine, number=coins.number)
        .select_related("session")
        .first()
    )
    if found is None:
        return None
    row = found.session
    same = (found.paid_cents, row.during.lower) == (coins.cents, whole(coins.begins))
    if not same or row.vehicle != coins.vehicle:
        raise Refused("number", "used", _("This number was another ticket. Take the next one."))
    return found


def _sold(machine: Machine, coins: Coins, plate_key: int | None) -> CoinTicket:
    begins, zone = whole(coins.begins), machine.zone
    _check(begins)
    tariff = quoting.tariff_at(zone, begins)
    quoting.check_vehicle(coins.vehicle)
    rules = tariffs.read(tariff.rules)
    before = quoting.used(zone, plate_key, begins, begins, rules)
    if plate_key and tariffs.latest(rules, begins, calendar.of_city(), before=before) <= begins:
        if begins >= now() - timedelta(seconds=settings().skew_seconds):
            raise Refused("registration_number", "max_stay", quoting.stayed(rules))
        # It was printed while the machine was alone: the coins are in it, and belong in the books.
        plate_key, before = None, 0
    until = tariffs.until_for(rules, begins, coins.cents, calendar.of_city(),
                              vehicle=coins.vehicle, before=before)  # fmt: skip
    if until <= begins:
        raise Refused("cents", "too_little", _("This does not pay for a minute. Add coins."))
    if plate_key and quoting.overlapping(zone.pk, plate_key, begins, until) is not None:
        # The coins are in the machine: the paper ticket holds, the plate has its right already.
        plate_key = None
    told = quoting.price_of(rules, begins, until, vehicle=coins.vehicle, before=before)
    row = _row(machine, coins, tariff, told, (begins, until), plate_key, before)
    return CoinTicket.objects.get(session=row)


def _check(begins: datetime) -> None:
    if begins > now() + timedelta(seconds=settings().skew_seconds):
        raise Refused("time_start", "future", _("This is in the future. Set the machine's clock."))
    if begins < now() - LATEST:
        raise Refused("time_start", "past", _("This is older than seven days."))


def _row(
    machine: Machine, coins: Coins, tariff: Tariff, told: Priced,
    during: tuple[datetime, datetime], plate_key: int | None, before: int,
) -> Session:  # fmt: skip
    row = Session.objects.create(
        source="machine", zone=machine.zone, tariff=tariff, plate_key=plate_key,
        plate_sealed=plates.seal(coins.plate) if plate_key is not None else None,
        vehicle=coins.vehicle, during=during, cents=coins.cents, before_seconds=before,
        used_seconds=told.seconds, invented=machine.place.invented, created=clock.now(),
        state="active" if during[1] > now() else "ended",
    )  # fmt: skip
    row.during = Range(*during)
    CoinTicket.objects.create(session=row, machine=machine, number=coins.number,
                              paid_cents=coins.cents)  # fmt: skip
    folding.write_lines(row, [*told.lines, *_rest(told, coins.cents, during[1])])
    return folding.note(row, "start", effective=during[0], key=coins.number, before=0,
                        actor=f"machine:{machine.number}")  # fmt: skip


def _rest(told: Priced, cents: int, at: datetime) -> list[Line]:
    rest = cents * 1000 - sum(line.milli for line in told.lines)
    if rest == 0:
        return []
    return [Line(begins=at, ends=at, rule=REST, seconds=0, milli=rest)]
