"""The demo's charge points with passwords, cards and four invented weeks of sessions."""

import json
import random
import re
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from stadtkern.kernel import clock, registry
from stadtkern.systems.charging.logic import points, price, tokens
from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.models import (
    Caddy,
    ChargePoint,
    Connector,
    Evse,
    Location,
    Outlet,
    Token,
    Transaction,
)

FILE: Final = "demo-charge-points.json"
# A device has two outlets at most; so many devices are full of life in the simulator.
EACH, LIVELY = 2, 16
CARDS: Final = 40
DAYS: Final = 28
# Two places in the demo get less from the grid than their outlets could draw.
LIMITED, LIMIT_W = 2, 22_000
BUSY: Final = (0, 0, 0, 0, 0, 1, 3, 6, 7, 6, 5, 6, 7, 6, 5, 6, 8, 9, 8, 6, 4, 2, 1, 0)
REPAIRED: Final = {17: "superseded", 101: "rebooted", 211: "idle"}


def fill(rng: random.Random, operator: str) -> None:
    """Create what is missing; the file is written anew where it is lost, with new passwords."""
    path = Path(settings.DATA) / FILE
    with transaction.atomic():
        made = _points(operator)
        numbers = _cards()
        if path.exists() and not made:
            return
        rows = list(ChargePoint.objects.filter(invented=True).order_by("pk"))
        passwords = _passwords(rows)
        if made:
            _limits(rows)
            _past(rng, rows)
    _private(path, json.dumps(_told(rows, passwords, numbers), indent=2))


def _points(operator: str) -> int:
    """A device for each pair of outlets of the utility; every third speaks OCPP 2.0.1."""
    taken = set(Outlet.objects.values_list("evse_id", flat=True))
    made = 0
    for location in Location.objects.filter(operator=operator).order_by("pk"):
        free = [one for one in location.evses.order_by("number") if one.pk not in taken]
        for at in range(0, len(free), EACH):
            _point(location, at // EACH + 1, free[at : at + EACH])
            made += 1
    return made


def _point(location: Location, nth: int, evses: Sequence[Evse]) -> None:
    name = re.sub(r"[^A-Za-z0-9-]+", "-", location.uid)[-30:].strip("-")
    point = ChargePoint.objects.create(
        identity=f"SWH-{name}-{nth}", location=location, admission="accepted", invented=True,
    )  # fmt: skip
    for number, evse in enumerate(evses, 1):
        Outlet.objects.create(
            point=point, number=number, evse=evse, register_wh=100_000 + evse.pk * 1711
        )


def _cards() -> list[str]:
    """Invented numbers: the same in every demo and in every run."""
    rng = random.Random("charging cards")  # noqa: S311
    numbers = [f"04{rng.getrandbits(40):010X}" for _n in range(CARDS)]
    for at, number in enumerate(numbers, 1):
        kind = "APP_USER" if at % 4 == 0 else "RFID"
        if tokens.find(number) is None:
            tokens.issue(number, kind=kind, label=f"Demo {at:02d}")
    return numbers


def _passwords(rows: Sequence[ChargePoint]) -> dict[int, str]:
    made = {one.pk: secrets.token_urlsafe(15) for one in rows}
    # Argon2 leaves the interpreter alone meanwhile: both cores work.
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(points.hashed, made.values()))
    for one, hashed in zip(rows, hashes, strict=True):
        one.password = hashed
    ChargePoint.objects.bulk_update(rows, ["password"])
    return made


def _limits(rows: Sequence[ChargePoint]) -> None:
    chosen = list(dict.fromkeys(one.location_id for one in rows))[:LIMITED]
    Location.objects.filter(pk__in=chosen, site_limit_w=None).update(site_limit_w=LIMIT_W)


def _past(rng: random.Random, rows: Sequence[ChargePoint]) -> None:
    """Sessions of the last weeks; a few of them are repaired, with their explanation."""
    cards = list(Token.objects.filter(label__startswith="Demo ").order_by("pk"))
    outlets = Outlet.objects.filter(point__in=rows[:LIVELY]).select_related("point", "evse")
    plugs = {one.evse_id: one for one in Connector.objects.select_related("tariff")}
    zone = ZoneInfo(registry.city().city.time_zone)
    made: list[Transaction] = []
    for outlet in outlets.order_by("pk"):
        plug, wh = plugs.get(outlet.evse_id), 100_000
        for begins, hours in _stays(rng, zone):
            one = _session(rng, outlet, plug, rng.choice(cards), begins, hours, wh, zone)
            if len(made) in REPAIRED:
                one.reason = ""
                closing.note(one, REPAIRED[len(made)], {})
            made.append(one)
            wh = one.meter_stop_wh or wh
    Transaction.objects.bulk_create(made, batch_size=500)
    last = Transaction.objects.filter(point__in=rows).values_list("evse").annotate(
        wh=Max("meter_stop_wh")
    )  # fmt: skip
    for evse, register in last:
        Outlet.objects.filter(evse=evse).update(register_wh=register)


def _stays(rng: random.Random, zone: ZoneInfo) -> Iterator[tuple[datetime, float]]:
    """Times at one outlet, one after the other, none of the last hour."""
    now = clock.now()
    at = now - timedelta(days=DAYS)
    while True:
        at += timedelta(hours=rng.uniform(1, 22))
        if rng.randrange(10) >= BUSY[at.astimezone(zone).hour]:
            continue
        hours = rng.uniform(0.4, 5.5)
        if at + timedelta(hours=hours) > now - timedelta(hours=1):
            return
        yield at, hours
        at += timedelta(hours=hours)


def _session(
    rng: random.Random, outlet: Outlet, plug: Connector | None, card: Token, begins: datetime,
    hours: float, wh: int, zone: ZoneInfo,
) -> Transaction:  # fmt: skip
    most = min(plug.max_watt if plug else 11_000, 60_000) * hours * 0.8
    energy = round(min(rng.uniform(4_000, 46_000), most))
    tariff = plug.tariff if plug else None
    ends = begins + timedelta(hours=hours)
    one = Transaction(
        point=outlet.point, evse=outlet.evse, connector=plug, token=card, token_kind=card.kind,
        started=begins, ended=ends, heard=ends, changed=ends, state="ended", invented=True,
        meter_start_wh=wh, meter_last_wh=wh + energy, meter_stop_wh=wh + energy,
        meter_last_at=ends, reason=rng.choice(("EVDisconnected", "Local", "Local")), tariff=tariff,
    )  # fmt: skip
    if tariff is not None:
        one.terms = {"uid": tariff.uid, "title": tariff.title, "elements": tariff.elements,
                     "vat_per_mille": tariff.vat_per_mille}  # fmt: skip
        bill = price.bill(tariff.elements, [Period(begins=begins, ends=ends, wh=energy)],
                          vat_per_mille=tariff.vat_per_mille, zone=zone)  # fmt: skip
        one.price = [line.said() for line in bill.lines]
        one.net_cents, one.gross_cents = bill.net_cents, bill.gross_cents
    return one


def _told(
    rows: Sequence[ChargePoint], passwords: dict[int, str], numbers: list[str]
) -> dict[str, Any]:
    plugs = {one.evse_id: one for one in Connector.objects.order_by("-number")}
    return {
        "charge_points": [
            {
                "identity": one.identity, "password": passwords[one.pk],
                "version": "2.0.1" if at % 3 == 2 else "1.6",
                "outlets": [_outlet(o, plugs.get(o.evse_id)) for o in one.outlets.all()],
            }
            for at, one in enumerate(rows)
        ],
        "charge_cards": numbers,
        "vehicles": [one.name for one in Caddy.objects.filter(invented=True)],
    }  # fmt: skip


def _outlet(outlet: Outlet, plug: Connector | None) -> dict[str, Any]:
    direct = plug is not None and plug.power_type == "DC"
    single = plug is not None and plug.power_type in ("AC_1_PHASE", "DC")
    volts = plug.max_voltage if plug else 230
    return {
        "number": outlet.number, "phases": 1 if single else 3, "direct": direct,
        "volts": 230 if not single and volts >= 380 else volts,
        "amps": plug.max_amperage if plug else 32, "register_wh": outlet.register_wh or 0,
    }  # fmt: skip


def _private(path: Path, text: str) -> None:
    """Readable by its owner alone, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)
