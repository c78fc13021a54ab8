"""OCPP 1.6: the core profile's scenarios, and the ways in which real points go wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from ocpp.v16 import call

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import points
from stadtkern.systems.charging.logic.commands import answers, asking
from stadtkern.systems.charging.models import ChargePoint, Token, Transaction
from stadtkern.systems.charging.tests.ocpp.conftest import CARD, OTHER_CARD, until

HOUR = timedelta(hours=1)


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat(timespec="seconds")


def start(station, at=None, *, number=1, card=CARD, meter=1000):
    return station.ask(call.StartTransaction(
        connector_id=number, id_tag=card, meter_start=meter, timestamp=at or ago(minutes=30)
    ))  # fmt: skip


def stop(station, transaction, meter, at=None, **more):
    return station.ask(call.StopTransaction(
        meter_stop=meter, timestamp=at or ago(seconds=1), transaction_id=transaction, **more
    ))  # fmt: skip


def status(station, word, number=1, at=None, error="NoError"):
    station.ask(call.StatusNotification(
        connector_id=number, error_code=error, status=word, timestamp=at or ago(seconds=0)
    ))  # fmt: skip


def meter(station, wh, at, transaction=None, watt=None, number=1):
    sampled = [{"value": str(wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}]
    if watt is not None:
        sampled.append({"value": str(watt / 1000), "measurand": "Power.Active.Import",
                        "unit": "kW"})  # fmt: skip
    station.ask(call.MeterValues(
        connector_id=number, transaction_id=transaction,
        meter_value=[{"timestamp": at, "sampledValue": sampled}],
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("admission", "word"),
    [("accepted", "Accepted"), ("waiting", "Pending"), ("refused", "Rejected")],
)
def test_a_point_is_told_at_its_start_whether_it_may_work(place, connect, admission, word):
    """TC_001: cold boot; and that nothing else is taken of a point that is not released."""
    ChargePoint.objects.update(admission=admission)
    station = connect()
    answer = station.ask(call.BootNotification(
        charge_point_model="Säule 22", charge_point_vendor="Werk", firmware_version="1.4",
        charge_point_serial_number="S-1",
    ))  # fmt: skip
    assert (answer.status, answer.interval) == (word, 300)
    now = datetime.fromisoformat(answer.current_time.replace("Z", "+00:00"))
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    point = ChargePoint.objects.get()
    assert (point.vendor, point.model, point.firmware, point.serial) == (
        "Werk", "Säule 22", "1.4", "S-1",
    )  # fmt: skip
    if admission == "accepted":
        assert start(station).id_tag_info["status"] == "Accepted"
    else:
        with pytest.raises(Exception, match="SecurityError"):
            start(station)
        assert not Transaction.objects.exists()


def test_a_regular_session_is_billed_by_its_meter(place, station):
    """TC_003: plug in, charge, stop. 20 kWh at 0.50 euro, 19 % tax."""
    status(station, "Preparing", at=ago(minutes=31))
    assert place.status(1) == "BLOCKED"
    assert station.ask(call.Authorize(id_tag=CARD)).id_tag_info["status"] == "Accepted"
    number = start(station).transaction_id
    status(station, "Charging", at=ago(minutes=29))
    assert [place.status(1), place.status(2)] == ["CHARGING", "UNKNOWN"]
    meter(station, 11_000, ago(minutes=15), number, watt=22_000)
    running = Transaction.objects.get()
    assert (running.energy_wh, running.power_w) == (10_000, 22_000)
    assert stop(station, number, 21_000, id_tag=CARD, reason="EVDisconnected").id_tag_info
    status(station, "Available")
    ended = Transaction.objects.get()
    assert (ended.state, ended.energy_wh, ended.reason) == ("ended", 20_000, "EVDisconnected")
    assert (ended.net_cents, ended.gross_cents) == (1000, 1190)
    assert ended.token == Token.objects.get(label="Karte 1")
    assert not ended.repaired
    assert place.status(1) == "AVAILABLE"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"blocked": True}, "Blocked"),
        ({"valid_until": datetime(2020, 1, 1, tzinfo=UTC)}, "Expired"),
        (None, "Invalid"),
    ],
)
def test_a_card_that_may_not_charge_is_told_so(place, station, change, word):
    """TC_023: blocked, expired, unknown; the session of such a card is on record all the same."""
    card = CARD if change else "04DEADBEEF"
    if change:
        Token.objects.filter(label="Karte 1").update(**change)
    assert station.ask(call.Authorize(id_tag=card)).id_tag_info["status"] == word
    begun = start(station, card=card)
    assert begun.id_tag_info["status"] == word
    assert begun.transaction_id > 0
    assert not Transaction.objects.get().authorised


def test_a_card_is_the_same_in_small_letters_and_charges_one_car(place, station):
    first = start(station, card=CARD.lower())
    assert first.id_tag_info["status"] == "Accepted"
    second = start(station, number=2)
    assert second.id_tag_info["status"] == "ConcurrentTx"
    # To stop, the same card is shown again.
    assert station.ask(call.Authorize(id_tag=CARD)).id_tag_info["status"] == "Accepted"


def test_a_start_that_is_sent_again_is_the_same_session(place, station):
    at = ago(minutes=20)
    numbers = {start(station, at).transaction_id for _ in range(3)}
    assert len(numbers) == 1
    number = numbers.pop()
    stop(station, number, 5000)
    assert start(station, at).transaction_id == number
    before = Transaction.objects.get()
    stop(station, number, 9000)
    after = Transaction.objects.get()
    assert (after.meter_stop_wh, after.gross_cents) == (before.meter_stop_wh, before.gross_cents)
    assert after.state == "ended"


def test_two_starts_at_once_on_two_lines_make_one_active_session(place, connect):
    """The database allows one active session at an EVSE, whoever is faster."""
    stations = [connect()]
    at = [ago(minutes=3), ago(minutes=2)]
    waits = [
        stations[0].loop.start(stations[0].client.call(call.StartTransaction(
            connector_id=1, id_tag=card, meter_start=0, timestamp=one)))
        for card, one in zip((CARD, OTHER_CARD), at, strict=True)
    ]  # fmt: skip
    for wait in waits:
        assert wait.result(60)
    rows = Transaction.objects.order_by("started")
    assert [one.state for one in rows] == ["ended", "active"]
    assert (rows[0].repair, rows[0].repaired) == ("superseded", True)


@pytest.mark.parametrize("number", [-1, 0, 4_000_000])
def test_a_stop_without_a_good_number_ends_the_only_session_that_can_be_meant(
    place, station, number
):
    """Points that began without us send -1 or 0."""
    start(station)
    stop(station, number, 3000, id_tag=CARD)
    ended = Transaction.objects.get()
    assert (ended.state, ended.energy_wh) == ("ended", 2000)


def test_a_stop_that_could_mean_two_ends_neither(place, station):
    start(station)
    start(station, number=2, card=OTHER_CARD)
    stop(station, -1, 3000)
    assert Transaction.objects.filter(state="active").count() == 2
    alone = Transaction.objects.get(state="ended")
    assert (alone.repair, alone.evse, alone.energy_wh) == ("no_start", None, 0)
    stop(station, -1, 3000, at=alone.ended.isoformat())
    assert Transaction.objects.count() == 3


def test_an_end_that_comes_before_its_beginning_waits_for_it(place, station):
    """A queue that is sent in the wrong order: one session, its energy whole."""
    stop(station, -1, 8000, at=ago(minutes=10), id_tag=CARD)
    assert Transaction.objects.get().repair == "no_start"
    number = start(station, ago(minutes=50), meter=2000).transaction_id
    only = Transaction.objects.get()
    assert (only.pk, only.state, only.energy_wh) == (number, "ended", 6000)
    assert (only.repair, only.gross_cents) == ("late_start", 357)
    assert "kWh" in only.repair_note


def test_old_messages_of_a_queue_do_not_end_the_car_that_charges_now(place, station):
    """After an outage the past comes late: start, values and stop of a car that is gone."""
    now = start(station, ago(minutes=5), meter=9000).transaction_id
    old = start(station, ago(hours=5), card=OTHER_CARD, meter=1000).transaction_id
    meter(station, 4000, ago(hours=4), old)
    stop(station, old, 6000, at=ago(hours=3))
    past = Transaction.objects.get(pk=old)
    assert (past.state, past.energy_wh, past.reason) == ("ended", 5000, "Local")
    assert Transaction.objects.get(pk=now).state == "active"


def test_a_start_closes_the_session_that_never_ended_with_its_last_meter_value(place, station):
    lost = start(station, ago(hours=3), meter=1000).transaction_id
    meter(station, 5000, ago(hours=2), lost)
    start(station, ago(minutes=10), card=OTHER_CARD, meter=7000)
    closed = Transaction.objects.get(pk=lost)
    assert (closed.state, closed.repair, closed.energy_wh) == ("ended", "superseded", 4000)
    assert "4,00 kWh" in closed.repair_note
    assert closed.gross_cents == 238
    # Days later the point finds its end: what was assumed is corrected, once.
    for _ in range(2):
        stop(station, lost, 6500, at=ago(minutes=12), reason="Local")
    corrected = Transaction.objects.get(pk=lost)
    assert (corrected.energy_wh, corrected.repaired, corrected.reason) == (5500, True, "Local")
    assert corrected.repair_note.count("5,50 kWh") == 1
    # 5.5 kWh at 0.50 euro and 19 %: 3.2725 euro.
    assert corrected.gross_cents == 327


def test_a_fault_of_the_point_is_everybodys_and_goes_again(place, station):
    """Connector 0 is the point; a status that is older than the last one changes nothing."""
    status(station, "Available", 1, at=ago(minutes=9))
    status(station, "Faulted", 2, at=ago(minutes=9), error="GroundFailure")
    assert [place.status(1), place.status(2)] == ["AVAILABLE", "OUTOFORDER"]
    status(station, "Unavailable", 0, at=ago(minutes=8))
    assert [place.status(1), place.status(2)] == ["INOPERATIVE", "INOPERATIVE"]
    status(station, "Available", 0, at=ago(minutes=7))
    status(station, "Available", 2, at=ago(minutes=30))
    assert [place.status(1), place.status(2)] == ["AVAILABLE", "OUTOFORDER"]
    status(station, "Available", 7)  # an unknown connector hurts nobody
    status(station, "Available", 2)
    assert place.status(2) == "AVAILABLE"


@pytest.mark.parametrize("clock_says", ["1970-01-01T00:00:40Z", "2049-06-01T12:00:00Z"])
def test_a_clock_that_was_never_set_does_no_harm(place, station, clock_says):
    number = start(station, clock_says).transaction_id
    status(station, "Charging", at=clock_says)
    stop(station, number, 2000, at=clock_says)
    ended = Transaction.objects.get()
    assert clock.age(ended.started) < timedelta(minutes=5)
    assert (ended.state, ended.energy_wh) == ("ended", 1000)


def test_a_meter_that_runs_backwards_bills_what_was_known(place, station):
    number = start(station, meter=5000).transaction_id
    meter(station, 7000, ago(minutes=5), number)
    stop(station, number, 12)
    assert Transaction.objects.get().energy_wh == 2000


def test_the_meter_at_the_car_counts_not_the_one_before_the_losses(place, station):
    """A fast charger tells both: Inlet has what it turned to heat itself (7.34 Location)."""
    number = start(station, meter=0).transaction_id
    register = {"measurand": "Energy.Active.Import.Register", "unit": "kWh"}
    station.ask(call.MeterValues(connector_id=1, transaction_id=number, meter_value=[{
        "timestamp": ago(minutes=5), "sampledValue": [
            {**register, "value": "9.5", "location": "Outlet"},
            {**register, "value": "10.4", "location": "Inlet"},
            {"measurand": "SoC", "value": "55", "unit": "Percent", "location": "EV"},
        ]}]))  # fmt: skip
    assert Transaction.objects.get().energy_wh == 9500
    assert Transaction.objects.get().readings.get().soc == 55


@pytest.mark.parametrize("told", [9_000_000, 40])
def test_an_end_that_cannot_be_right_bills_what_was_known(place, station, told):
    """A point that mistakes its units, or whose meter ran backwards: nobody pays for 9 MWh."""
    number = start(station, meter=1000).transaction_id
    meter(station, 3000, ago(minutes=20), number)
    meter(station, 8_000_000, ago(minutes=10), number)
    stop(station, number, told)
    found = Transaction.objects.get()
    assert (found.energy_wh, found.gross_cents, found.repair) == (2000, 119, "meter")
    assert "2,00 kWh" in found.repair_note


def test_who_comes_back_to_the_same_outlet_is_not_told_to_be_charging_already(place, station):
    """The end of the first session got lost; the same card may begin again in its place."""
    start(station, ago(minutes=50))
    assert start(station, ago(minutes=2), meter=4000).id_tag_info["status"] == "Accepted"
    assert start(station, ago(minutes=1), number=2).id_tag_info["status"] == "ConcurrentTx"


def test_vendors_messages_and_reports_are_answered(place, station):
    """TC_064, TC_044, TC_045: data transfer, firmware and diagnostics."""
    assert station.ask(call.DataTransfer(vendor_id="x")).status == "UnknownVendorId"
    station.ask(call.FirmwareStatusNotification(status="Installed"))
    station.ask(call.DiagnosticsStatusNotification(status="Uploaded"))
    point = ChargePoint.objects.get()
    assert (point.firmware_status, point.diagnostics_status) == ("Installed", "Uploaded")


def told(station, action):
    until(lambda: any(name == action for name, _given in station.heard))
    return next(given for name, given in station.heard if name == action)


def settled(command):
    until(lambda: type(command).objects.get(pk=command.pk).state not in ("pending", "sent"))
    return type(command).objects.get(pk=command.pk)


def test_the_city_starts_and_stops_from_afar(place, station):
    """TC_010, TC_012: with the number of the card, which is stored nowhere in clear."""
    card = Token.objects.get(label="Karte 1")
    asked = asking.start(place.outlets[0], card, by="test")
    assert told(station, "RemoteStartTransaction") == {"id_tag": CARD, "connector_id": 1}
    assert settled(asked).state == "accepted"
    assert CARD not in str(vars(settled(asked)))
    number = start(station).transaction_id
    asking.stop(Transaction.objects.get(), by="test")
    assert told(station, "RemoteStopTransaction") == {"transaction_id": number}
    with pytest.raises(asking.Refused):
        asking.start(place.outlets[0], card, by="test")


@pytest.mark.parametrize(
    ("action", "wanted", "sent"),
    [
        ("Reset", {"kind": "Hard"}, {"type": "Hard"}),
        ("UnlockConnector", {}, {"connector_id": 2}),
        ("ChangeAvailability", {"operative": False},
         {"connector_id": 2, "type": "Inoperative"}),
        ("GetConfiguration", {}, {}),
        ("TriggerMessage", {"message": "StatusNotification"},
         {"requested_message": "StatusNotification", "connector_id": 2}),
        ("UpdateFirmware", {"address": "https://example.org/1.5", "at": "2026-12-01T02:00:00Z"},
         {"location": "https://example.org/1.5", "retrieve_date": "2026-12-01T02:00:00Z"}),
        ("GetDiagnostics", {"address": "https://example.org/up"},
         {"location": "https://example.org/up"}),
        ("ClearChargingProfile", {}, {"charging_profile_purpose": "TxDefaultProfile"}),
    ],
)  # fmt: skip
def test_commands_reach_the_point_in_its_own_words(place, station, action, wanted, sent):
    outlet = None if action in ("Reset", "GetDiagnostics", "UpdateFirmware") else place.outlets[1]
    command = asking.ask(place.point, action, by="test", outlet=outlet, wanted=wanted)
    assert told(station, action) == sent
    assert settled(command).state == "accepted"


def test_a_point_that_says_no_is_heard(place, station):
    station.client.say["Reset"] = {"status": "Rejected"}
    command = settled(asking.ask(place.point, "Reset", by="test"))
    assert (command.state, command.problem) == ("rejected", "Rejected")


def test_a_password_is_told_and_never_kept_in_clear(place, station):
    secret = "0123456789ABCDEF0123"
    command = asking.setting(place.point, "AuthorizationKey", secret, by="test")
    assert told(station, "ChangeConfiguration") == {"key": "AuthorizationKey", "value": secret}
    settled(command)
    kept = list(place.point.messages.values_list("asked", flat=True))
    assert secret not in str(kept) + str(vars(settled(command)))


def test_a_point_that_took_a_new_password_logs_in_with_it(place, station):
    secret = "0123456789ABCDEF0123"
    refused = ChargePoint.objects.get().password
    station.client.say["ChangeConfiguration"] = {"status": "Rejected"}
    settled(asking.setting(place.point, "AuthorizationKey", secret, by="test"))
    assert ChargePoint.objects.get().password == refused
    station.client.say["ChangeConfiguration"] = {"status": "Accepted"}
    command = settled(asking.setting(place.point, "AuthorizationKey", secret, by="test"))
    assert points.right(ChargePoint.objects.get(), secret)
    assert command.secret is None, "what is told is not kept"


def test_a_reservation_without_an_answer_is_let_go_of(place, station):
    """Nobody knows whether the point holds it: it is told to let go of the place."""
    card = Token.objects.get(label="Karte 1")
    held = asking.reserve(place.outlets[0], card, clock.now() + HOUR, by="test")
    until(lambda: type(held).objects.get().state == "held")
    type(held).objects.update(state="asked")
    type(place.point.commands.get()).objects.update(state="sent")
    answers.settle(place.point.commands.get().pk, said={}, timeout=True)
    assert type(held).objects.get().state == "refused"
    assert told(station, "CancelReservation") == {"reservation_id": held.pk}


@pytest.mark.parametrize(("word", "state"), [("Accepted", "used"), ("Rejected", "used")])
def test_a_late_cancellation_does_not_undo_a_reservation_that_was_used(place, station, word, state):
    card = Token.objects.get(label="Karte 1")
    station.client.say["CancelReservation"] = {"status": word}
    held = asking.reserve(place.outlets[0], card, clock.now() + HOUR, by="test")
    until(lambda: type(held).objects.get().state == "held")
    start(station)
    held.state = "held"
    settled(asking.cancel(held, by="test"))
    assert type(held).objects.get().state == state


def test_a_reservation_that_the_point_does_not_know_is_over(place, station):
    card = Token.objects.get(label="Karte 1")
    held = asking.reserve(place.outlets[0], card, clock.now() + HOUR, by="test")
    until(lambda: type(held).objects.get().state == "held")
    station.client.say["CancelReservation"] = {"status": "Rejected"}
    settled(asking.cancel(type(held).objects.get(), by="test"))
    assert type(held).objects.get().state == "cancelled"


def test_a_reservation_is_held_for_its_card_until_that_card_comes(place, station):
    """TC_046 to TC_053: reserve, use, cancel, refuse."""
    card = Token.objects.get(label="Karte 1")
    held = asking.reserve(place.outlets[0], card, clock.now() + HOUR, by="test")
    given = told(station, "ReserveNow")
    assert (given["reservation_id"], given["id_tag"], given["connector_id"]) == (held.pk, CARD, 1)
    until(lambda: type(held).objects.get().state == "held")
    status(station, "Reserved")
    assert place.status(1) == "RESERVED"
    with pytest.raises(asking.Refused):
        asking.reserve(place.outlets[0], card, clock.now() + HOUR, by="test")
    start(station)
    assert type(held).objects.get().state == "used"
    station.client.say["ReserveNow"] = {"status": "Faulted"}
    other = asking.reserve(place.outlets[1], card, clock.now() + HOUR, by="test")
    until(lambda: type(held).objects.get(pk=other.pk).state == "refused")
