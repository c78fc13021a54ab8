"""A charging location with points, a price, a partner, and a session that has ended."""

import base64
from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.charging.logic import LOCATION, bills, live, partners
from stadtkern.systems.charging.logic.register import taking
from stadtkern.systems.charging.logic.transactions import bill
from stadtkern.systems.charging.models import (
    ChargePoint,
    Evse,
    Location,
    OcpiPartner,
    Reading,
    Tariff,
    Token,
    Transaction,
)

ELEMENTS = [
    {"price_components": [{"type": "ENERGY", "price": 0.437, "step_size": 1}]},
    {"price_components": [{"type": "PARKING_TIME", "price": 2.521, "step_size": 60}],
     "restrictions": {"min_duration": 3600, "start_time": "00:00", "end_time": "00:00"}},
]  # fmt: skip


def build(uid="am-test", *, renewable=True, hours="24/7"):
    place = Place.objects.create(
        kind=LOCATION,
        name="Am Test",
        street="Am Test 1",
        postcode="44623",
        town="Herne",
        geometry=point(7.22, 51.54),
    )
    location = Location.objects.create(
        place=place, uid=uid, operator="Werke", renewable=renewable, opening_hours=hours
    )
    tariff, _new = Tariff.objects.get_or_create(
        uid="t", defaults={"title": "Test", "elements": ELEMENTS}
    )
    for number, (standard, form, power, kw) in enumerate(
        (("IEC_62196_T2", "SOCKET", "AC_3_PHASE", 22), ("IEC_62196_T2_COMBO", "CABLE", "DC", 150)),
        1,
    ):
        evse = Evse.objects.create(location=location, number=number, uid=f"{uid}-{number}")
        plug = taking.connector(evse, 1, standard, form, power, kw)
        plug.tariff = tariff
        plug.save()
        live.tell(evse.pk, "AVAILABLE", clock.now())
    return location


def charged(location, *, wh=10_000, minutes=60, parked=30, priced=True):
    """A session: so long at full power, then plugged in without charging."""
    evse = location.evses.get(number=1)
    device, _new = ChargePoint.objects.get_or_create(identity="P1", defaults={"location": location})
    card, _new = Token.objects.get_or_create(digest="card", defaults={"sealed": b"x"})
    began = clock.now() - timedelta(hours=3)
    ended = began + timedelta(minutes=minutes + parked)
    made = Transaction.objects.create(
        point=device, evse=evse, connector=evse.connectors.get(), token=card, token_kind="RFID",
        started=began, ended=ended, meter_start_wh=1000, meter_last_wh=1000 + wh,
        meter_stop_wh=1000 + wh, state="ended", changed=ended,
    )  # fmt: skip
    for step in range(1, 4):
        at = began + timedelta(minutes=minutes * step / 3)
        Reading.objects.create(transaction=made, at=at, wh=1000 + wh * step / 3)
    if priced:
        made.terms = {"elements": ELEMENTS, "vat_per_mille": 190}
        bill.freeze(made)
        made.save()
    bills.issue_due()
    return made


def partner(name="Fahrstrom"):
    """A registered partner and the headers that it sends."""
    made, token = partners.invite(name)
    OcpiPartner.objects.filter(pk=made.pk).update(state="registered")
    return header(token)


def header(token):
    return {"HTTP_AUTHORIZATION": f"Token {base64.b64encode(token.encode()).decode()}"}
