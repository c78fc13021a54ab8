"""Bills that partners read are sealed: what changes later is taken back and told anew."""

from datetime import UTC, datetime, timedelta

from stadtkern.kernel import clock
from stadtkern.systems.charging import upkeep
from stadtkern.systems.charging.logic import bills
from stadtkern.systems.charging.models import Connector, IssuedBill, Tariff, Transaction
from stadtkern.systems.charging.tests.ocpp.conftest import CARD, OTHER_CARD
from stadtkern.systems.charging.tests.ocpp.test_sessions_16 import ago, meter, start, stop

AT_ONCE = timedelta(0)


def issued():
    bills.issue_due(AT_ONCE)
    return list(IssuedBill.objects.order_by("nth"))


def test_a_bill_is_issued_once_it_has_settled(place, station):
    stop(station, start(station).transaction_id, 3000)
    assert bills.issue_due() == 0, "for five minutes late values may come"
    (one,) = issued()
    assert (one.net_cents, one.gross_cents, one.wh) == (100, 119, 2000)
    assert [one.pk for one in issued()] == [one.pk], "a second round issues nothing"


def test_a_correction_takes_the_bill_back_and_tells_a_new_one(place, station):
    lost = start(station, ago(hours=3), meter=1000).transaction_id
    meter(station, 5000, ago(hours=2), lost)
    start(station, ago(minutes=10), card=OTHER_CARD, meter=7000)
    (first,) = issued()
    stop(station, lost, 6500, at=ago(minutes=12))
    bill, credit, new = issued()
    assert bill.pk == first.pk
    assert (bill.net_cents, bill.wh) == (200, 4000), "what was issued never changes"
    assert (credit.credits, credit.net_cents) == (bill, 200)
    assert (new.credits, new.net_cents, new.wh) == (None, 275, 5500)
    assert "5,50 kWh" in new.remark


def test_periods_of_a_bill_add_up_exactly(place, station):
    """Thirds of a kWh and of an hour: the sums of rounded parts are the rounded sums."""
    number = start(station, ago(minutes=50), meter=0).transaction_id
    for nth, wh in enumerate((333, 667, 1001, 1334), 1):
        meter(station, wh, ago(minutes=50 - 7 * nth), number)
    stop(station, number, 1667)
    (one,) = issued()
    assert len(one.periods) == 5
    assert round(sum(part[1] for part in one.periods), 4) == 1.667
    hours = (one.ended - one.started).total_seconds() / 3600
    assert round(sum(part[2] for part in one.periods), 4) == round(hours, 4)


def test_values_that_come_with_the_end_are_in_the_bill(place, station):
    """StopTransaction's transactionData: the point told nothing before; half an hour it stood."""
    Tariff.objects.update(elements=[
        {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]},
        {"price_components": [{"type": "PARKING_TIME", "price": 6.0, "step_size": 60}]},
    ])  # fmt: skip
    now = datetime.now(UTC)
    number = start(station, ago(minutes=60), meter=0).transaction_id
    data = [{"timestamp": (now - timedelta(minutes=30)).isoformat(),
             "sampledValue": [{"value": "10", "unit": "kWh"}]}]  # fmt: skip
    stop(station, number, 10_000, at=now.isoformat(), transaction_data=data)
    found = Transaction.objects.get()
    # 10 kWh at 0.50 and half an hour at 6.00, in begun minutes.
    assert abs(found.net_cents - 800) <= 10
    (one,) = issued()
    assert [part[3] for part in one.periods] == [False, True]


def test_old_bills_forget_the_curve_and_keep_their_sums(place, station):
    number = start(station, ago(minutes=50), meter=0).transaction_id
    for nth in range(1, 5):
        meter(station, nth * 1000, ago(minutes=50 - nth * 8), number)
    stop(station, number, 4000)
    (one,) = issued()
    assert upkeep.forget_who_charged(clock.now() + timedelta(seconds=1)) == 1
    kept = IssuedBill.objects.get()
    assert len(kept.periods) < len(one.periods)
    assert sum(part[1] for part in kept.periods) == 4.0
    assert (kept.net_cents, issued()[0].pk) == (200, one.pk)


def test_a_session_told_late_has_the_price_of_its_beginning(place, station):
    """The tariff rose an hour ago; a point without a line tells a session of this morning."""
    tariff = Tariff.objects.get()
    tariff.past = [{**tariff.terms(), "until": ago(hours=1)}]
    tariff.elements = [{"price_components": [{"type": "ENERGY", "price": 0.9, "step_size": 1}]}]
    tariff.save()
    stop(station, start(station, ago(hours=5)).transaction_id, 2000, at=ago(hours=4))
    stop(station, start(station, ago(minutes=40), meter=2000).transaction_id, 3000)
    early, late = Transaction.objects.order_by("started")
    assert (early.net_cents, late.net_cents) == (50, 90)
    assert Connector.objects.first().tariff == tariff
    assert early.token.label == "Karte 1"
    assert CARD not in str(early.terms)
