"""Sessions that never close: found by rules, closed with what is known, corrected when told."""

from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.systems.charging import upkeep
from stadtkern.systems.charging.logic.repair.looking import Signs, why
from stadtkern.systems.charging.models import ChargePoint, Command, Message, Outlet, Transaction
from stadtkern.systems.charging.tests.ocpp.test_sessions_16 import ago, meter, start, status, stop

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(**span):
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        # A car that charges, or stands full, needs nothing however long.
        ({"last_sign": at(hours=30), "free_since": None}, ""),
        # Available is told just before the stop by some points.
        ({"last_sign": at(minutes=2), "free_since": at(minutes=1)}, ""),
        ({"last_sign": at(hours=3), "free_since": at(hours=2, minutes=5)}, "idle"),
        # Available from before the session says nothing.
        ({"last_sign": at(hours=3), "free_since": at(hours=4)}, ""),
        ({"last_sign": at(hours=3), "free_since": at(minutes=10), "booted": at(minutes=11)},
         "rebooted"),
        ({"last_sign": at(hours=3), "free_since": at(minutes=2), "booted": at(minutes=3)}, ""),
        # A start of long ago is not why it is free.
        ({"last_sign": at(hours=3), "free_since": at(minutes=10), "booted": at(days=3)}, ""),
        # Its queue may still hold the end.
        ({"last_sign": at(hours=5), "free_since": at(hours=4), "connected": False,
          "point_heard": at(hours=4)}, ""),
        ({"last_sign": at(hours=60), "free_since": None, "connected": False,
          "point_heard": at(hours=49)}, "silent"),
        # At an outlet that nobody knows no status can tell that it is over.
        ({"last_sign": at(hours=47), "free_since": None, "placed": False}, ""),
        ({"last_sign": at(hours=49), "free_since": None, "placed": False}, "silent"),
    ],
)  # fmt: skip
def test_only_what_cannot_be_on_any_more_is_repaired(signs, expected):
    known = {"booted": None, "connected": True, "point_heard": NOW, **signs}
    assert why(Signs(**known), NOW) == expected


def test_a_session_of_a_point_that_restarted_is_closed_and_explained(place, station):
    number = start(station, ago(hours=3), meter=1000).transaction_id
    meter(station, 4000, ago(hours=2), number, watt=11_000)
    status(station, "Available", at=ago(minutes=10))
    assert upkeep.look_after().startswith("0 repaired")
    ChargePoint.objects.update(booted=clock.now() - timedelta(minutes=11))
    assert upkeep.look_after().startswith("1 repaired")
    closed = Transaction.objects.get()
    assert (closed.repair, closed.energy_wh, closed.gross_cents) == ("rebooted", 3000, 179)
    assert "neu gestartet" in closed.repair_note
    assert "3,00 kWh" in closed.repair_note
    assert Outlet.objects.get(number=1).power_w == 0
    # A value that was on its way counts; the end of the point itself wins.
    meter(station, 4500, ago(hours=1), number)
    late = Transaction.objects.get()
    assert late.energy_wh == 3500
    stop(station, number, 5000, at=ago(minutes=30))
    assert Transaction.objects.get().energy_wh == 4000


def test_a_plug_that_waits_after_a_restart_has_no_session(place, station):
    """A power cut ends a session; the car still stands there, so the outlet is never free."""
    number = start(station, ago(hours=3), meter=1000).transaction_id
    meter(station, 4000, ago(hours=2), number)
    ChargePoint.objects.update(booted=clock.now() - timedelta(minutes=11))
    status(station, "Preparing", at=ago(minutes=10))
    upkeep.look_after()
    assert Transaction.objects.get().repair == "rebooted"


def test_what_nobody_answered_is_given_up(place, station):
    late = Command.objects.create(
        point=place.point, action="Reset", by="t", expires=clock.now() - timedelta(seconds=1)
    )
    lost = Command.objects.create(
        point=place.point, action="Reset", by="t", state="sent",
        sent=clock.now() - timedelta(minutes=3), expires=clock.now(),
    )  # fmt: skip
    ChargePoint.objects.create(
        identity="GONE", location=place.location, line="8b5e7a52-0000-4000-8000-000000000000",
        heard=clock.now() - timedelta(hours=1),
    )  # fmt: skip
    assert "1 points gone, 2 commands unanswered" in upkeep.look_after()
    states = [Command.objects.get(pk=one.pk).state for one in (late, lost)]
    assert states == ["expired", "timeout"]


def test_the_log_keeps_the_last_of_each_point(place, transactional_db):
    Message.objects.bulk_create([Message(point=place.point, action=str(n)) for n in range(230)])
    upkeep.thin_out()
    kept = list(place.point.messages.values_list("action", flat=True))
    assert kept == [str(n) for n in range(229, 29, -1)]


def test_the_power_of_a_point_is_on_the_dashboard(place, station):
    number = start(station).transaction_id
    meter(station, 2000, ago(minutes=1), number, watt=7400)
    assert upkeep.store_power() == "2 values"
    from stadtkern.kernel.things.models import Latest

    rows = Latest.objects.filter(datastream__thing__kind="charging.charge-point")
    found = dict(rows.values_list("datastream__observed_property__slug", "value"))
    assert found == {"charging_power": 7.4, "charged_energy": 2.0}


def test_who_charged_is_forgotten_and_the_bill_stays(place, station):
    number = start(station).transaction_id
    meter(station, 2000, ago(minutes=9), number)
    stop(station, number, 3000)
    Transaction.objects.update(ended=clock.now())
    assert upkeep.forget_who_charged(clock.now() + timedelta(seconds=1)) == 1
    kept = Transaction.objects.get()
    assert (kept.token, kept.gross_cents, kept.readings.count()) == (None, 119, 0)
