"""OCPP 2.0.1: events in order, out of order, offline and twice become one session."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from ocpp.v201 import call

from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.models import ChargePoint, Token, Transaction
from stadtkern.systems.charging.tests.ocpp.conftest import CARD, until
from stadtkern.systems.charging.tests.ocpp.test_sessions_16 import ago, settled, told


@pytest.fixture
def station(place, connect):
    return connect(version="2.0.1")


def event(kind, seq, wh, at, *, token=None, why="MeterValuePeriodic", evse=1, **info):
    return call.TransactionEvent(
        event_type=kind, timestamp=at, trigger_reason=why, seq_no=seq,
        transaction_info={"transaction_id": "tx-1", **info},
        evse={"id": evse, "connector_id": 1} if evse else None,
        id_token={"id_token": token, "type": "ISO14443"} if token else None,
        meter_value=[{"timestamp": at, "sampled_value": [
            {"value": wh / 1000, "measurand": "Energy.Active.Import.Register",
             "unit_of_measure": {"unit": "kWh"}}]}],
    )  # fmt: skip


def session():
    return [
        event("Started", 0, 1000, ago(minutes=60), token=CARD, why="Authorized"),
        event("Updated", 1, 5000, ago(minutes=40)),
        event("Ended", 2, 9000, ago(minutes=20), why="EVDeparted", stopped_reason="EVDisconnected"),
    ]


def test_a_station_starts_and_tells_its_plugs(place, station):
    answer = station.ask(call.BootNotification(
        charging_station={"model": "M", "vendor_name": "V", "firmware_version": "2"},
        reason="PowerUp",
    ))  # fmt: skip
    assert (answer.status, answer.interval) == ("Accepted", 300)
    assert ChargePoint.objects.get().version == "2.0.1"
    for plug, status in ((1, "Available"), (2, "Occupied")):
        station.ask(call.StatusNotification(
            timestamp=ago(minutes=1), connector_status=status, evse_id=1, connector_id=plug
        ))  # fmt: skip
    assert [place.status(1), place.status(2)] == ["BLOCKED", "UNKNOWN"]
    assert station.ask(call.Heartbeat()).current_time
    assert (
        station.ask(call.Authorize(id_token={"id_token": CARD, "type": "ISO14443"})).id_token_info[
            "status"
        ]
        == "Accepted"
    )
    station.ask(call.SecurityEventNotification(type="FirmwareUpdated", timestamp=ago(minutes=1)))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_in_any_order_are_the_same_session(place, station, order):
    """A queue that is sent back to front after an outage."""
    told_events = session()
    for at in order:
        answer = station.ask(told_events[at])
        has_token = told_events[at].id_token is not None
        assert (answer.id_token_info or {}).get("status") == ("Accepted" if has_token else None)
    for again in told_events:
        station.ask(again)
    one = Transaction.objects.get()
    assert (one.state, one.energy_wh, one.seq, one.reason) == ("ended", 8000, 2, "EVDisconnected")
    assert one.ended - one.started == timedelta(minutes=40)
    assert (one.token, one.authorised) == (Token.objects.get(label="Karte 1"), True)
    # 8 kWh at 0.50 euro and 19 %.
    assert (one.net_cents, one.gross_cents, one.repaired) == (400, 476, False)


def test_the_place_may_be_told_by_any_event(place, station):
    """Only one event must name the EVSE: here the start comes last, and alone has it."""
    first, middle, last = session()
    middle.evse = last.evse = None
    for one in (last, middle, first):
        station.ask(one)
    found = Transaction.objects.get()
    assert (found.evse, found.energy_wh, found.gross_cents) == (place.evses[0], 8000, 476)


def test_a_card_may_come_after_the_plug(place, station):
    first, *rest = session()
    first.id_token, first.trigger_reason = None, "CablePluggedIn"
    assert station.ask(first).id_token_info is None
    assert Transaction.objects.get().token is None
    rest[0].id_token = {"id_token": "04DEADBEEF", "type": "ISO14443"}
    assert station.ask(rest[0]).id_token_info["status"] == "Invalid"
    rest[1].id_token = {"id_token": CARD, "type": "ISO14443"}
    assert station.ask(rest[1]).id_token_info["status"] == "Accepted"
    assert Transaction.objects.get().token == Token.objects.get(label="Karte 1")


@pytest.mark.parametrize(
    ("action", "wanted", "name", "part"),
    [
        ("RemoteStartTransaction", {}, "RequestStartTransaction", ("evse_id", 1)),
        ("Reset", {"kind": "Hard"}, "Reset", ("type", "Immediate")),
        ("ChangeAvailability", {"operative": True}, "ChangeAvailability",
         ("operational_status", "Operative")),
        ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}, "SetVariables",
         ("set_variable_data", [{"component": {"name": "OCPPCommCtrlr"},
                                 "variable": {"name": "HeartbeatInterval"},
                                 "attribute_value": "60"}])),
        ("GetConfiguration", {"keys": ["HeartbeatInterval"]}, "GetVariables",
         ("get_variable_data", [{"component": {"name": "OCPPCommCtrlr"},
                                 "variable": {"name": "HeartbeatInterval"}}])),
        ("GetConfiguration", {}, "GetBaseReport", ("report_base", "ConfigurationInventory")),
        ("SetChargingProfile", {"amps": 9}, "SetChargingProfile", ("evse_id", 1)),
        ("UpdateFirmware", {"address": "https://example.org/2", "at": "2026-12-01T02:00:00Z"},
         "UpdateFirmware", ("firmware", {"location": "https://example.org/2",
                                         "retrieve_date_time": "2026-12-01T02:00:00Z"})),
        ("GetDiagnostics", {"address": "https://example.org/u"}, "GetLog",
         ("log_type", "DiagnosticsLog")),
    ],
)  # fmt: skip
def test_commands_are_worded_for_this_version(place, station, action, wanted, name, part):
    command = asking.ask(place.point, action, by="test", outlet=place.outlets[0], wanted=wanted,
                         token=Token.objects.get(label="Karte 1"))  # fmt: skip
    given = told(station, name)
    assert given[part[0]] == part[1]
    assert settled(command).state == "accepted"


def test_a_running_session_is_stopped_by_its_own_number(place, station):
    station.ask(session()[0])
    asking.stop(Transaction.objects.get(), by="test")
    assert told(station, "RequestStopTransaction") == {"transaction_id": "tx-1"}
    until(lambda: place.point.messages.filter(ours=True).exists())


def test_the_clock_of_summer_time_does_not_matter(place, station):
    """Told with offsets on both sides of the change: 90 minutes are 90 minutes."""
    begun = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    station.ask(event("Started", 0, 0, "2026-10-25T02:30:00+02:00", token=CARD, why="Authorized"))
    station.ask(event("Ended", 1, 3000, "2026-10-25T03:00:00+01:00", why="EVDeparted"))
    one = Transaction.objects.get()
    assert (one.started, one.ended - one.started) == (begun, timedelta(minutes=90))
