"""What runs by the clock."""

from datetime import timedelta

from stadtkern.kernel import clock, registry
from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.models import Charge


def test_a_payment_without_callback_and_redirect_is_found_by_asking(sim, card, charged, later):
    charge = charged()
    row = begin.begin(charge, card)
    sim.payer(row.their_id)
    later(seconds=30)
    assert rounds.poll().startswith("1 payments")
    charge.refresh_from_db()
    assert charge.state == "paid"


def test_asking_becomes_rarer(sim, card, charged, later):
    begin.begin(charged(), card)
    asked = []
    for minute in range(60):
        later(minutes=1)
        if rounds.poll().startswith("1 "):
            asked.append(minute)
    assert len([minute for minute in asked if minute < 9]) == 9
    assert 10 <= len([minute for minute in asked if minute >= 10]) <= 18


def test_a_payment_nobody_finished_expires_and_still_counts_when_it_comes(
    sim, card, charged, later
):
    charge = charged()
    row = begin.begin(charge, card)
    later(hours=25)
    rounds.poll()
    row.refresh_from_db()
    assert row.state == "expired"
    sim.payer(row.their_id)
    later(hours=13)
    rounds.poll()
    charge.refresh_from_db()
    assert charge.state == "paid"


def test_what_was_not_paid_in_time_is_cancelled_unless_somebody_is_paying(
    card, charged, later, sim
):
    soon = clock.now() + timedelta(minutes=10)
    left, paying = charged(due=soon), charged(due=soon)
    deferred = charged(due=soon, policy="deferred")
    later(minutes=9)
    begin.begin(paying, card)
    later(minutes=2)
    rounds.overdue()
    states = dict(Charge.objects.values_list("pk", "state"))
    assert (states[left.pk], states[paying.pk], states[deferred.pk]) == (
        "cancelled",
        "open",
        "open",
    )
    later(minutes=20)
    rounds.overdue()
    assert Charge.objects.get(pk=paying.pk).state == "cancelled"


def test_who_paid_is_forgotten_and_the_books_are_not(charged, later):
    told = {"payer": "Erika Muster", "email": "erika@muster.example", "back": "/x/"}
    over, waiting = charged(**told), charged(**told)
    charges.pay_at_counter(over, "clerk", "cash")
    charges.pay_at_counter(waiting, "clerk", "cash")
    charges.refund(waiting, 100, "not sent yet")
    still_open = charged(**told)
    later(days=registry.city().payments.payer_days + 1)
    rounds.erase()
    for one in (over, waiting, still_open):
        one.refresh_from_db()
    assert (over.payer, over.email, over.back) == ("", "", "")
    assert over.erased
    assert waiting.payer
    assert still_open.payer
    assert ledger.on("provider", "counter") == 2500
