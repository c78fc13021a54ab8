"""What goes beyond the common interface: prices before buying, longer, shorter with money back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.api.door import Ask, Denied, answer, door
from stadtkern.systems.parking_tickets.api.parkings import instant, own, told
from stadtkern.systems.parking_tickets.api.reading import Fields
from stadtkern.systems.parking_tickets.logic import operators, rights
from stadtkern.systems.parking_tickets.logic.quoting import Quote
from stadtkern.systems.parking_tickets.models import Change, Parking


@door("POST")
def quote(ask: Ask) -> HttpResponse:
    """What a time would cost. With a number plate, what it used before counts."""
    said = Fields(ask.body)
    zone, begins = said.zone(), said.instant("time_start") or clock.now()
    until, vehicle = said.instant("time_end"), said.text("vehicle", most=12) or "car"
    plate = said.plate() if "registration_number" in said else ""
    said.check()
    assert zone is not None
    found = rights.quote(zone, begins, until, vehicle=vehicle,
                         plate_key=plates.key_of(plate) if plate else None)  # fmt: skip
    return answer(_priced(found))


def _priced(found: Quote) -> dict[str, Any]:
    return {
        "cents": found.cents, "currency": "EUR", "final": not found.open_ended,
        "time_start": instant(found.begins), "time_end": instant(found.until),
        "latest_time_end": instant(found.latest_until),
        "charged_from": instant(found.charged_from), "tariff": str(found.tariff),
        "lines": [
            {"time_start": instant(one.begins), "time_end": instant(one.ends), "rule": one.rule,
             "seconds": one.seconds, "milli_cents": one.milli}
            for one in found.lines
        ],
    }  # fmt: skip


@door("POST")
def extend(ask: Ask, public_id: str) -> HttpResponse:
    """A later end."""
    return _moved(ask, public_id, "extend")


@door("POST")
def shorten(ask: Ask, public_id: str) -> HttpResponse:
    """An earlier end; the difference is given back."""
    return _moved(ask, public_id, "shorten")


@door("POST")
def stop(ask: Ask, public_id: str) -> HttpResponse:
    """It ends now, or at the `time_end` of a moment ago."""
    return _moved(ask, public_id, "stop")


def _moved(ask: Ask, public_id: str, deed: str) -> HttpResponse:
    said = Fields(ask.body)
    until = said.instant("time_end", needed=deed != "stop")
    said.check()
    row = own(ask, public_id)
    if row.session is None:
        raise Denied(403, "a disc costs nothing: use PATCH", "permission_denied")
    key = operators.secret_of(ask.key)
    with transaction.atomic():
        _asked(deed, row, until, key)
        difference = _difference(row, key)
    found = told(own(ask, public_id))
    found["price"] = {**found["price"], "difference_cents": difference}
    return answer(found)


def _difference(row: Parking, key: str) -> int:
    """What this request changed, also where it is asked again: then nothing happens anew."""
    assert row.session is not None
    changes = Change.objects.filter(session=row.session)
    changes = changes.filter(actor=operators.actor_of(row.operator), key=key) if key else changes
    last = changes.order_by("-number").first()
    return last.delta_cents if last is not None else 0


def _asked(deed: str, row: Parking, until: datetime | None, key: str) -> None:
    assert row.session is not None
    actor, pk = operators.actor_of(row.operator), row.session.pk
    if deed == "stop":
        rights.stop(pk, until, key=key, actor=actor)
    elif until is not None:
        change = rights.extend if deed == "extend" else rights.shorten
        change(pk, until, key=key, actor=actor)
