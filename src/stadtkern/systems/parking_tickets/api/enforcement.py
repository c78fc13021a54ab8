"""For programs of officers: may this car stand here, and what is valid for a plate."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpResponse
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.api.door import Ask, Denied, Wrong, answer, door
from stadtkern.systems.parking_tickets.api.listing import paged
from stadtkern.systems.parking_tickets.api.parkings import instant
from stadtkern.systems.parking_tickets.api.reading import Fields
from stadtkern.systems.parking_tickets.logic import checking, permits
from stadtkern.systems.parking_tickets.logic.checking import Asked, Outcome
from stadtkern.systems.parking_tickets.models import Operator, PermitIn, Session, Zone

# Providers have short names here; programs that expect a UUID get one that never changes.
PROVIDERS = UUID("6b0c7cf4-3c77-4b1e-9a0b-1c8f4b5f2c11")


@door("POST", scope="enforcement")
def check_parking(ask: Ask) -> HttpResponse:
    """Whether a car may stand at a position, now or at an instant of this shift."""
    said = Fields(ask.body)
    plate, (lat, lon) = said.plate(), _position(said)
    at = checking.within_reason(said.instant("time"))
    if at is None:
        said.wrong("time", _("Ask about an instant of the last 24 hours."))
    said.check()
    assert at is not None
    told = checking.check(Asked(plate=plate, at=at, lon=lon, lat=lat, program=ask.caller.key,
                                offline=ask.body.get("time") is not None))  # fmt: skip
    return answer(_outcome(told))


def _position(said: Fields) -> tuple[float, float]:
    value = said.said.get("location")
    item = value if isinstance(value, dict) else {}
    found = []
    for name, most in (("latitude", 90), ("longitude", 180)):
        one = item.get(name)
        good = isinstance(one, int | float) and not isinstance(one, bool) and -most <= one <= most
        if not good:
            said.wrong("location", _("Send latitude and longitude as numbers."))
        found.append(float(one) if good and one is not None else 0.0)
    return found[0], found[1]


def _outcome(told: Outcome) -> dict[str, Any]:
    shown = told.result not in ("none", "elsewhere")
    return {
        "allowed": told.allowed, "end_time": instant(told.until) if shown else None,
        "location": {"payment_zone": _number(told.zone), "permit_area": told.area or None},
        "time": instant(told.at), "result": told.result,
    }  # fmt: skip


def _number(zone: Zone | None) -> int | str | None:
    """A number where the signs show one."""
    if zone is None:
        return None
    return int(zone.number) if zone.number.isdecimal() else zone.number


@door("GET", scope="enforcement")
def valid_parking(ask: Ask) -> HttpResponse:
    """Rights that hold for a plate at an instant."""
    at, plate = _wanted(ask)
    rows = Session.objects.filter(
        state__in=("active", "ended"), during__contains=at, plate_key__in=plates.keys_of(plate)
    ).select_related("zone", "operator")
    return answer(paged(ask.http, rows.order_by("pk"), _session))


def _wanted(ask: Ask) -> tuple[datetime, str]:
    """An instant and a plate from the address. Raises Wrong.

    Without a plate nothing is listed: nobody needs all cars of the city at once. Such a question
    is a look at a plate as any other, so it stands in the log.
    """
    said = Fields({"registration_number": ask.http.GET.get("reg_num"),
                   "time": ask.http.GET.get("time")})  # fmt: skip
    plate, at = said.plate(), said.instant("time") or clock.now()
    if said.errors:
        names = {"registration_number": "reg_num"}
        raise Wrong({names.get(name, name): why for name, why in said.errors.items()})
    about = checking.within_reason(at)
    checking.check(Asked(plate=plate, at=about or clock.now(), program=ask.caller.key,
                         offline=about is not None and said.said["time"] is not None))  # fmt: skip
    return at, plate


def _session(row: Session) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "created_at": instant(row.created),
        "modified_at": instant(row.changed),
        "registration_number": plates.shown(row.plate_sealed),
        "time_start": instant(row.during.lower),
        "time_end": None if row.open_ended else instant(row.during.upper),
        "zone": row.zone.number, **_seller(row.operator, row.get_source_display()),
    }  # fmt: skip


def _seller(operator: Operator | None, otherwise: str = "") -> dict[str, Any]:
    if operator is None:
        return {"operator_name": str(otherwise)}
    return {"operator": str(uuid5(PROVIDERS, operator.slug)), "operator_name": operator.name}


@door("GET", scope="enforcement")
def valid_permit(ask: Ask) -> HttpResponse:
    """Permits that hold for a plate at an instant, one row for each area."""
    at, plate = _wanted(ask)
    keys = plates.keys_of(plate)
    rows = PermitIn.objects.filter(
        permit__series__active=True, during__contains=at,
        permit__subjects__plate_key__in=keys, permit__subjects__during__contains=at,
    ).select_related("permit__series__operator", "area").distinct()  # fmt: skip

    def told(row: PermitIn) -> dict[str, Any]:
        subject = next(s for s in row.permit.subjects.all()
                       if s.plate_key in keys and at in s.during)  # fmt: skip
        operator = row.permit.series.operator
        seller = _seller(operator) if operator else {"operator": None, "operator_name": None}
        return {
            "id": row.pk, "permit_id": row.permit_id, "area": row.area.code,
            "registration_number": permits.shown(subject),
            "start_time": instant(max(row.during.lower, subject.during.lower)),
            "end_time": instant(min(row.during.upper, subject.during.upper)),
            "properties": permits.properties_of(row.permit), **seller,
        }  # fmt: skip

    return answer(paged(ask.http, rows.prefetch_related("permit__subjects").order_by("pk"), told))


@door("GET", scope="enforcement")
def operators(ask: Ask) -> HttpResponse:
    """The providers."""
    return answer(paged(ask.http, Operator.objects.order_by("pk"), _operator))


@door("GET", scope="enforcement")
def operator(ask: Ask, public_id: str) -> HttpResponse:
    """One provider."""
    for row in Operator.objects.all():
        if str(uuid5(PROVIDERS, row.slug)) == public_id:
            return answer(_operator(row))
    raise Denied(404, _("There is no such provider."), "not_found")


def _operator(row: Operator) -> dict[str, Any]:
    return {"id": str(uuid5(PROVIDERS, row.slug)), "created_at": instant(row.created),
            "modified_at": instant(row.created), "name": row.name}  # fmt: skip
