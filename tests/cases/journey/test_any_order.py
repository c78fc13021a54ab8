"""Whatever is done in whatever order: one submission, one reference, nothing lost, no money kept."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from stadtkern.kernel import clock
from stadtkern.kernel.cases import moves
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import begin, co_signing, ending, save, send, upkeep
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.payments.models import Charge, Provider, Refund, Transaction
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.rounds import overdue
from stadtkern.kernel.payments.settle import learn
from stadtkern.kernel.people.models import Department

from .conftest import RICH

ENDED = ("withdrawn", "expired")


class Journey(RuleBasedStateMachine):
    """One case, and somebody who does everything at the wrong moment."""

    def __init__(self):
        super().__init__()
        # Each try leaves the database as it found it.
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.at = datetime(2026, 11, 9, 9, tzinfo=UTC)
        self.patched = patch.object(clock, "now", lambda: self.at)
        self.patched.start()
        office, _new = Department.objects.get_or_create(slug="o", defaults={"title": "Amt"})
        version = publish.load("alles", {**RICH, "guests": True, "level": 0}, service=None,
                               department=office)  # fmt: skip
        self.provider, _new = Provider.objects.get_or_create(
            slug="test", defaults={"title": "Test", "adapter": "counter"}
        )
        case = begin.begin(version, account=None, language="de", level=0)
        self.pk, self.reference, self.keys = case.pk, case.reference, [case.submit_key]
        self.said = {}
        self.once_submitted = None

    def teardown(self):
        self.patched.stop()
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    @property
    def case(self):
        return Case.objects.get(pk=self.pk)

    def tried(self, deed):
        try:
            deed()
        except moves.NotPossible:
            return False
        return True

    @rule(name=st.sampled_from(["A", "B"]), free=st.booleans(), other=st.booleans())
    def fill_in(self, name, free, other):
        one = {"family_name": name, "email": "a@example.org", "free": free}
        car = {"plate": "HER-AB 1", "keeper_email": "o@example.org" if other else None}
        case = self.case
        if self.tried(
            lambda: save.save(self.pk, "person", one, revision=case.revision, actor=None)
        ):
            save.save(self.pk, "car", car, revision=case.revision + 1, actor=None)
            self.said = {**one, **car}

    @rule(old=st.booleans())
    def send(self, old):
        self.keys.append(self.case.submit_key)
        key = self.keys[0] if old else self.keys[-1]
        self.tried(lambda: send.send(self.pk, key=key, actor=None))

    @rule()
    def take_back(self):
        self.tried(lambda: send.reopen(self.pk))

    @rule(agrees=st.booleans())
    def sign(self, agrees):
        for row in self.case.co_signs.all():
            self.tried(lambda row=row: co_signing.sign(row, agrees=agrees, account=None, level=1))

    @precondition(lambda self: Charge.objects.filter(kind="case").exists())
    @rule(newest=st.booleans(), right=st.booleans())
    def pay(self, newest, right):
        charge = Charge.objects.order_by("pk" if not newest else "-pk").first()
        row = Transaction.objects.create(charge=charge, provider=self.provider, cents=charge.cents)
        said = Outcome(state="booked", cents=charge.cents if right else 1, method="card")
        learn(row.pk, said)
        learn(row.pk, said)

    @rule()
    def withdraw(self):
        self.tried(lambda: ending.withdraw(self.pk))

    @rule(days=st.sampled_from([1, 15, 31]))
    def wait(self, days):
        self.at += timedelta(days=days)
        overdue()
        upkeep.run()

    @invariant()
    def it_is_sent_at_most_once_and_keeps_its_name(self):
        case = self.case
        assert case.reference == self.reference
        assert case.events.filter(code="submitted").count() <= 1
        if self.once_submitted:
            assert case.submitted == self.once_submitted
        self.once_submitted = case.submitted

    @invariant()
    def nothing_that_was_said_is_lost(self):
        case = self.case
        if case.state in ENDED:
            return
        answers = case.answers
        for name, value in self.said.items():
            assert answers.get(name) == value or value is None, name

    @invariant()
    def nothing_unpaid_is_sent_and_nothing_paid_is_kept_for_nothing(self):
        case = self.case
        paid = Charge.objects.filter(state__in=["paid", "refunded"])
        if case.state == "submitted" and case.answers.get("free") is not True:
            assert [one.state for one in paid] == ["paid"]
        if case.state in ("draft", "co_sign", "expired", "withdrawn"):
            assert not paid.filter(state="paid").exists()
        for row in Transaction.objects.filter(state="booked", surplus=True):
            assert Refund.objects.filter(transaction=row).exists()
        assert Charge.objects.filter(state="open").count() <= 1


class TestJourney(Journey.TestCase, TestCase):
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None,
                        suppress_health_check=list(HealthCheck))  # fmt: skip


def test_the_database_was_left_clean(db):
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_case")
        assert cursor.fetchone() == (0,)
