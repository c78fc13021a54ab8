"""Two workers, or a page and a worker, at the same payment at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.models import Charge, Refund, Transaction
from stadtkern.kernel.payments.problems import PaymentProblem

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    def run(call):
        try:
            return call()
        except PaymentProblem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_six_who_hear_of_one_payment_book_it_once(sim, card, charged):
    charge = charged()
    row = begin.begin(charge, card)
    sim.payer(row.their_id)
    at_once(*[lambda: begin.ask(row.pk)] * 4, lambda: begin.ask_all(charge.pk), rounds.poll)
    assert ledger.on("provider", "card") == 1250
    assert not Refund.objects.exists()
    assert Charge.objects.get().state == "paid"


def test_paid_and_cancelled_at_the_same_moment_is_one_of_both(sim, card, charged):
    for turn in range(4):
        charge = charged(subject=str(turn))
        row = begin.begin(charge, card)
        sim.payer(row.their_id)
        at_once(lambda: begin.ask(row.pk), lambda: charges.cancel(charge, "no"))  # noqa: B023
        begin.ask(row.pk)
        charge.refresh_from_db()
        row.refresh_from_db()
        assert row.state == "booked"
        assert row.surplus == (charge.state == "cancelled")
        assert charge.state in ("paid", "cancelled")
    assert ledger.on("receivable") == 0


def test_two_payments_of_one_charge_at_the_same_moment_leave_one_too_many(sim, provider, charged):
    charge = charged()
    rows = [begin.begin(charge, provider(api)) for api in ("card", "giro")]
    for row in rows:
        sim.payer(row.their_id)
    at_once(*[lambda pk=row.pk: begin.ask(pk) for row in rows])
    assert sorted(Transaction.objects.values_list("surplus", flat=True)) == [False, True]
    assert Refund.objects.get().cents == 1250


def test_two_workers_send_a_refund_once(sim, card, charged):
    charge = charged()
    row = begin.begin(charge, card)
    sim.payer(row.their_id)
    begin.ask(row.pk)
    charges.refund(charge, 500, "a part")
    at_once(rounds.send_refunds, rounds.send_refunds, rounds.send_refunds)
    assert sim.store.payments[row.their_id].refunded == 500
    assert ledger.on("provider", "card") == 750


def test_the_same_charge_asked_for_at_once_is_one(charged):
    found = at_once(*[lambda: charged(key="one booking")] * 5)
    assert len({one.pk for one in found}) == 1
    assert ledger.on("receivable") == 1250


def test_two_clerks_pay_back_no_more_than_was_paid(charged):
    charge = charged(1000)
    charges.pay_at_counter(charge, "clerk", "cash")
    found = at_once(*[lambda: charges.refund(charge, 600, "half")] * 3)
    assert sum(isinstance(one, Refund) for one in found) == 1
    assert ledger.on("owed") == -600
