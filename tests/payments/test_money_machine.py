"""Whatever happens in whatever order: the books balance, nothing is lost, nothing is doubled."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from simulators.payment_provider.store import day_of
from stadtkern.kernel import clock
from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Charge, Difference, Entry, Refund, Transaction
from stadtkern.kernel.payments.problems import PaymentProblem
from stadtkern.kernel.payments.providers import tokens
from stadtkern.kernel.payments.reconcile import days

from .conftest import contract

APIS = ("xbezahldienste", "giro", "card", "wallet")
# Providers that can send money back; for the others the treasury does.
SENDS_BACK = ("card", "wallet")
# Each takes about two seconds: the providers are asked over HTTP.
EXAMPLES = 5


class Money(RuleBasedStateMachine):
    """People, providers, jobs and the treasury, all at random."""

    sim = None
    later = None

    def __init__(self):
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.sim.fresh(3)
        tokens._kept.clear()
        self.contracts = [contract(self.sim, api) for api in APIS]
        self.charges = []

    def teardown(self):
        try:
            self.in_the_end()
        finally:
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)

    def pick(self, at):
        return self.charges[at % len(self.charges)] if self.charges else None

    @rule(cents=st.integers(101, 5000), wait=st.sampled_from([None, 5, 60]))
    def charge(self, cents, wait):
        due = clock.now() + timedelta(minutes=wait) if wait else None
        self.charges.append(
            charges.charge(
                kind="m", subject=str(len(self.charges)), purpose="Test {reference}", due=due,
                lines=[Line(text="a", cents=cents - 100, tax_rate=190, budget="a"),
                       Line(text="b", cents=100, budget="b")],
            )
        )  # fmt: skip

    @rule(at=st.integers(0, 9), who=st.integers(0, 3))
    def start(self, at, who):
        if charge := self.pick(at):
            with suppress(PaymentProblem):
                begin.begin(charge, self.contracts[who])

    @rule(at=st.integers(0, 9), do=st.sampled_from(["pay", "pay", "pay", "cancel", "fail"]),
          wrong=st.booleans())  # fmt: skip
    def at_the_page(self, at, do, wrong):
        """Also on pages that we never learnt of, because their answer was lost."""
        open_ = [p for p in self.sim.store.payments.values() if p.state == "open"]
        if open_:
            one = open_[at % len(open_)]
            self.sim.payer(one.id, do, wrong=wrong and at % 3 == 0)

    @rule(at=st.integers(0, 9), times=st.integers(1, 2))
    def callback(self, at, times):
        if charge := self.pick(at):
            for _time in range(times):
                begin.ask_all(charge.pk)

    @rule()
    def poll(self):
        rounds.poll()

    @rule(at=st.integers(0, 9))
    def cancel(self, at):
        if charge := self.pick(at):
            with suppress(PaymentProblem):
                charges.cancel(charge, "no more")

    @rule(at=st.integers(0, 9), cents=st.integers(1, 5000), key=st.sampled_from(["", "k"]))
    def refund(self, at, cents, key):
        if charge := self.pick(at):
            with suppress(PaymentProblem):
                charges.refund(charge, cents, "a part", key=key)

    @rule(at=st.integers(0, 9))
    def at_the_counter(self, at):
        if (charge := self.pick(at)) and at == 0:
            with suppress(PaymentProblem):
                charges.pay_at_counter(charge, "clerk", "cash")

    @rule()
    def send_refunds(self):
        rounds.send_refunds()

    @rule(minutes=st.sampled_from([1, 15, 90, 1500]))
    def time_passes(self, minutes):
        self.later(minutes=minutes)
        rounds.overdue()

    @rule(error=st.sampled_from([0, 0.3]), lost=st.sampled_from([0, 0.3]))
    def provider_fails(self, error, lost):
        self.sim.faults.set({"error": error, "lost": lost})

    @rule()
    def reconcile(self):
        days.run()

    @invariant()
    def the_books_balance(self):
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        assert sum(one.cents for one in ledger.balances()) == 0

    @invariant()
    def every_booked_payment_is_money_that_came_once(self):
        for row in Transaction.objects.filter(state="booked").select_related("provider"):
            assert Entry.objects.filter(key=f"paid:{row.pk}").count() == 1
            if row.provider.adapter != "counter":
                assert self.sim.store.payments[row.their_id].paid == row.received

    @invariant()
    def no_charge_is_paid_twice(self):
        booked = Q(transactions__state="booked", transactions__surplus=False)
        for one in Charge.objects.annotate(payments=Count("transactions", filter=booked)):
            assert one.payments == (one.state in ("paid", "refunded"))

    def in_the_end(self):
        """Providers work again, everybody asks everybody: then all is where it belongs."""
        self.sim.faults.set(dict.fromkeys(("error", "lost"), 0.0))
        for _day in range(3):
            self.later(hours=25)
            rounds.poll()
            Refund.objects.exclude(state="failed").update(asked=None)
            rounds.send_refunds()
            self.compare_everything()
        # The last refunds appear in the statement of their own day.
        self.later(hours=25)
        self.compare_everything()
        self.the_books_balance()
        self.all_money_is_known()
        self.what_was_too_much_went_back()
        self.accounts_say_what_the_providers_say()

    def compare_everything(self):
        for one in self.contracts:
            mine = [p for p in self.sim.store.payments.values() if p.api == one.slug and p.paid]
            moments = {p.at for p in mine} | {r.at for p in mine for r in p.refunds}
            for day in sorted({day_of(at) for at in moments}):
                days.compare(one, date.fromisoformat(day))

    def all_money_is_known(self):
        paid = {p.id: p.paid for p in self.sim.store.payments.values() if p.state == "paid"}
        booked = Transaction.objects.filter(state="booked").exclude(their_id="")
        assert {row.their_id: row.received for row in booked} == paid
        assert not Difference.objects.filter(cleared__isnull=True).exists()

    def what_was_too_much_went_back(self):
        for row in Transaction.objects.filter(surplus=True).select_related("provider"):
            refund = row.refunds.get()
            assert refund.cents == row.received
            can = row.provider.adapter in SENDS_BACK
            assert refund.state == ("done" if can else "manual")

    def accounts_say_what_the_providers_say(self):
        for api in APIS:
            mine = [p for p in self.sim.store.payments.values() if p.api == api]
            held = sum(p.paid - p.refunded - p.fee for p in mine)
            assert ledger.on("provider", api) == held, api
        waiting = Refund.objects.exclude(state="done").aggregate(sum=Sum("cents"))["sum"] or 0
        assert ledger.on("owed") == -waiting
        open_ = Charge.objects.filter(state="open").aggregate(sum=Sum("cents"))["sum"] or 0
        assert ledger.on("receivable") == open_


@pytest.mark.django_db
def test_no_sequence_of_events_loses_or_doubles_money(sim, later, monkeypatch):
    # Rows are never old enough here to be given up by the poll.
    monkeypatch.setattr(rounds, "PACE_ENDED", ((timedelta(days=400), timedelta(minutes=1)),))
    monkeypatch.setattr(days, "BACK", 1)
    monkeypatch.setattr(Money, "sim", sim)
    monkeypatch.setattr(Money, "later", staticmethod(later))
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=22, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
