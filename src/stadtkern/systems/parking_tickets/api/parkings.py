"""Parkings of a provider: report, read, replace, correct, take back."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.api.door import Ask, Denied, answer, door
from stadtkern.systems.parking_tickets.api.reading import DOMAIN, Fields
from stadtkern.systems.parking_tickets.logic import operators, quoting
from stadtkern.systems.parking_tickets.logic.operators import Report, TooLate
from stadtkern.systems.parking_tickets.models import Parking

# What a field of the interface is called in a Report.
FIELDS = {
    "registration_number": "plate", "time_start": "begins", "time_end": "until", "zone": "zone",
    "terminal_number": "terminal", "location": "position", "vehicle": "vehicle",
}  # fmt: skip


@door("POST")
def parkings(ask: Ask) -> HttpResponse:
    """Report a parking."""
    report = read(Fields(ask.body))
    return answer(told(operators.begin(ask.caller.seller, report, key=ask.key)), 201)


@door("GET", "PUT", "PATCH", "DELETE")
def parking(ask: Ask, public_id: str) -> HttpResponse:
    """One of the provider's own parkings: read, replace, correct, take back."""
    row = own(ask, public_id)
    try:
        if ask.method == "GET":
            return answer(told(row))
        if ask.method == "DELETE":
            operators.take_back(row, key=ask.key)
            return HttpResponse(status=204)
        return answer(told(_changed(row, ask)))
    except TooLate:
        raise Denied(403, _over(), "grace_period_over") from None


def own(ask: Ask, public_id: str) -> Parking:
    """Raises Denied (404), also for a parking of somebody else."""
    found = operators.of(ask.caller.seller, public_id)
    if found is None:
        raise Denied(404, _("You have no such parking."), "not_found")
    return found


def _over() -> str:
    return _('The moment for corrections is over. Only "time_end" can be changed, with PATCH.')


def _changed(row: Parking, ask: Ask) -> Parking:
    if ask.method == "PUT":
        if not operators.fresh(row):
            raise TooLate
        return operators.changed(row, read(Fields(ask.body)), set(FIELDS.values()), key=ask.key)
    said = Fields({**_as_it_is(row), **ask.body})
    only = {FIELDS[name] for name in FIELDS if name in ask.body}
    if only - {"until"} and not operators.fresh(row):
        raise TooLate
    return operators.changed(row, read(said), only, key=ask.key)


def _as_it_is(row: Parking) -> dict[str, Any]:
    """What is not sent stays."""
    now = {name: told(row)[name] for name in ("registration_number", "time_start", "time_end")}
    # A plate that is forgotten cannot be corrected any more.
    now["registration_number"] = now["registration_number"] or "XX"
    if row.session is None:
        return {**now, "is_disc_parking": True, "location": _location(row) or _NOWHERE}
    return {**now, "zone": row.session.zone.number}


_NOWHERE = {"type": "Point", "coordinates": [0, 0]}


def read(said: Fields) -> Report:
    """A parking as it was sent. Raises Wrong with all that is wrong."""
    disc = said.flag("is_disc_parking")
    vehicle = said.text("vehicle", most=12)
    if vehicle and vehicle not in quoting.VEHICLES:
        said.wrong("vehicle", _("Choose one of: %s") % ", ".join(quoting.VEHICLES))
    said.domain()
    begins = said.instant("time_start", needed=True)
    plate, until = said.plate(), said.instant("time_end")
    zone = None if disc else said.zone()
    terminal, position = said.text("terminal_number", most=40), said.point(needed=disc)
    said.check()
    assert begins is not None
    return Report(
        plate=plate, begins=begins, until=until, zone=zone, disc=disc, vehicle=vehicle,
        terminal=terminal, position=position,
    )  # fmt: skip


def told(row: Parking) -> dict[str, Any]:
    """A parking as providers read it."""
    session, now = row.session, clock.now()
    during = session.during if session else row.disc
    open_ended = session.open_ended if session else during.upper is None
    runs = during.lower <= now and (during.upper is None or now < during.upper)
    sealed = session.plate_sealed if session else row.plate_sealed
    found: dict[str, Any] = {
        "id": str(row.public_id), "status": "valid" if runs else "not_valid",
        "created_at": instant(row.created), "modified_at": instant(_modified(row)),
        "registration_number": plates.shown(sealed), "terminal_number": row.terminal,
        "time_start": instant(during.lower),
        "time_end": None if open_ended else instant(during.upper),
        "domain": DOMAIN, "zone": session.zone.number if session else None,
        "price": operators.price(row),
    }  # fmt: skip
    if session is None:
        found["is_disc_parking"] = True
    if location := _location(row):
        found["location"] = location
    return found


def _modified(row: Parking) -> datetime:
    return max(row.changed, row.session.changed) if row.session else row.changed


def _location(row: Parking) -> dict[str, Any] | None:
    if row.lon is None or row.lat is None:
        return None
    return {"type": "Point", "coordinates": [row.lon, row.lat]}


def instant(at: datetime | None) -> str | None:
    """UTC with a Z, as the interface writes it."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
