"""The demo's simulated points against the city's own socket: start, charge, outage, stop."""

import asyncio
import sys
from pathlib import Path

import pytest

from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.models import ChargePoint, Reading, Token, Transaction
from stadtkern.systems.charging.tests.ocpp.conftest import CARD, PASSWORD, until

# The simulator is a program of its own, beside our package.
sys.path.insert(0, str(Path(__file__).parents[6]))

from simulators.charge_points import point as simulated
from simulators.charge_points.v16 import Point16
from simulators.charge_points.v201 import Point201


@pytest.mark.parametrize("made", [Point16, Point201])
def test_a_simulated_point_charges_through_an_outage(place, served, loop, monkeypatch, made):
    for name, seconds in (("TICK", 0.05), ("METER_EVERY", 0.1), ("SPREAD", 0), ("LOOK", 0.05)):
        monkeypatch.setattr(simulated, name, seconds)
    outlets = [{"number": n, "phases": 3, "volts": 230, "amps": 32, "direct": False,
                "register_wh": 1000 * n} for n in (1, 2)]  # fmt: skip
    told = {"identity": "CP-1", "password": PASSWORD, "outlets": outlets}
    base = served.url.replace("ws", "http", 1)

    async def begin():
        point = made(told, [CARD], base, lively=False)
        return point, [asyncio.ensure_future(work) for work in (point.connect(), point.live())]

    point, tasks = loop.run(begin())
    try:
        until(lambda: place.status(1) == "AVAILABLE" and place.status(2) == "AVAILABLE")
        asking.start(place.outlets[1], Token.objects.get(label="Karte 1"), by="test")
        until(lambda: Reading.objects.exists())
        assert place.status(2) in ("CHARGING", "BLOCKED")
        loop.loop.call_soon_threadsafe(point.lose_line, 0.3)
        before = Reading.objects.count()
        until(lambda: Reading.objects.count() > before + 3)
        asking.stop(Transaction.objects.get(), by="test")
        until(lambda: Transaction.objects.get().state == "ended")
        one = Transaction.objects.get()
        assert (one.reason, one.evse_id, one.repaired) == ("Remote", place.evses[1].pk, False)
        assert one.meter_start_wh == 2000
    finally:
        for task in tasks:
            loop.loop.call_soon_threadsafe(task.cancel)
        until(lambda: not ChargePoint.objects.get().is_connected)
