"""Ticket machines tell what they sold for coins, and how they are."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from msgspec import Meta

from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import ApiKey, digest_of
from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.api.door import answer
from stadtkern.systems.parking_tickets.logic import coins, machines, settings
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import CoinTicket, Machine

SCOPE = "parking_tickets:machine"
MOST_BYTES = 16 * 1024
_asked = Buckets(name="requests")


class Ticket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket: the machine's own number, the coins, and when it was printed."""

    number: Annotated[str, Meta(min_length=1, max_length=40, pattern="^[A-Za-z0-9._-]+$")]
    cents: Annotated[int, Meta(ge=1, le=100_000)]
    time_start: Annotated[datetime, Meta(tz=True)]
    vehicle: Literal["car", "electric", "motorcycle", "camper"] = "car"
    registration_number: Annotated[str, Meta(max_length=80)] = ""


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a machine is; `fault` in words of its own."""

    state: Literal["ok", "disturbed"]
    fault: Annotated[str, Meta(max_length=200)] = ""


def machine_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A POST of the machine whose number is in the path, with its key; refusals in JSON."""

    @public
    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, number: str) -> HttpResponse:
        if request.method != "POST":
            response = answer({"detail": "use POST", "code": "wrong_method"}, 405)
            response["Allow"] = "POST"
            return response
        return _opened(view, request, number)

    return guarded


def _opened(view: Callable[..., HttpResponse], request: HttpRequest, number: str) -> HttpResponse:
    machine = _machine(request, number)
    if isinstance(machine, HttpResponse):
        return machine
    try:
        _asked.take(machine.pk, 1, settings().machine_requests_per_minute, time.monotonic())
        return view(request, machine)
    except Problem as problem:
        return answer({"detail": problem.message, "code": "too_many"}, problem.status)
    except Refused as refused:
        status = 409 if refused.code == "used" else 422
        return answer({refused.field: [refused.text], "code": refused.code}, status)
    except msgspec.ValidationError as error:
        text, _at, where = str(error).partition(" - at `$")
        return answer({where.rstrip("`").lstrip(".") or "body": [text]}, 400)
    except msgspec.DecodeError as error:
        return answer({"body": [f"this is not JSON: {error}"]}, 400)


def _machine(request: HttpRequest, number: str) -> Machine | HttpResponse:
    """The machine of the path, if the key is one of its own."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    key = None
    if scheme.lower() in ("apikey", "bearer") and given.strip():
        key = ApiKey.objects.usable().filter(digest=digest_of(given.strip())).first()
    if key is None:
        told = _("Send the machine's key: Authorization: ApiKey <key>")
        return answer({"detail": told, "code": "no_key"}, 401)
    rows = Machine.objects.filter(number=number, keys=key).select_related("zone", "place")
    found = rows.first() if SCOPE in key.scopes else None
    if found is None:
        told = _("This key is not one of this machine.")
        return answer({"detail": told, "code": "not_allowed"}, 403)
    return found


def _read(request: HttpRequest, shape: Any) -> Any:
    if len(request.body) > MOST_BYTES:
        raise Refused("body", "too_large", _("Send at most %s bytes.") % MOST_BYTES)
    return msgspec.json.decode(request.body or b"{}", type=shape)


@machine_door
def tickets(request: HttpRequest, machine: Machine) -> HttpResponse:
    """A ticket was sold; told again it is the same one."""
    told: Ticket = _read(request, Ticket)
    try:
        plate = plates.normal(told.registration_number) if told.registration_number else ""
    except plates.BadPlate as bad:
        raise Refused("registration_number", "invalid", str(bad)) from bad
    before = CoinTicket.objects.filter(machine=machine, number=told.number).exists()
    ticket = coins.sell(machine, coins.Coins(
        number=told.number, cents=told.cents, begins=told.time_start, vehicle=told.vehicle,
        plate=plate,
    ))  # fmt: skip
    machines.heard(machine)
    return answer(_told(ticket), 200 if before else 201)


def _told(ticket: CoinTicket) -> dict[str, Any]:
    row = ticket.session
    return {
        "id": str(row.public_id), "number": ticket.number, "zone": row.zone.number,
        "time_start": row.during.lower, "time_end": row.during.upper,
        "cents": ticket.paid_cents,
    }  # fmt: skip


@machine_door
def state(request: HttpRequest, machine: Machine) -> HttpResponse:
    """How the machine is."""
    told: Report = _read(request, Report)
    machines.heard(machine, state=told.state, fault=told.fault)
    return answer({"number": machine.number, "state": machine.state, "seen": machine.last_seen})
