"""What systems ask of the payments: charge, cancel, pay back, take money at a counter."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.kernel import clock, events
from stadtkern.kernel.payments import charges, ledger, references
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge, Posting, Transaction
from stadtkern.kernel.payments.problems import ChargeProblem, NotOpen, NotPaid


@pytest.fixture
def heard(monkeypatch):
    told = []
    monkeypatch.setattr(events, "_heard", [told.append])
    return told


def on(account, detail=None):
    return ledger.on(account, detail)


def test_a_charge_is_owed_and_earned_by_the_budgets_of_its_lines(db):
    made = charges.charge(
        kind="bike_boxes.rent", subject="7", purpose="Fahrradbox {reference}",
        lines=[Line(text="Box, 1 Monat", cents=1190, tax_rate=190, budget="box"),
               Line(text="Pfand", cents=2500, budget="deposit")],
    )  # fmt: skip
    assert made.cents == 3690
    assert on("receivable") == 3690
    assert (on("revenue", "box"), on("tax", "190"), on("revenue", "deposit")) == (
        -1000,
        -190,
        -2500,
    )
    assert [item.tax_cents for item in made.items.order_by("number")] == [190, 0]


def test_asking_twice_with_the_same_key_charges_once(charged):
    assert charged(key="booking 5") == charged(key="booking 5")
    assert charged(key="booking 6") != charged(key="booking 5")
    assert on("receivable") == 2500


def test_the_reference_has_the_check_digits_of_iso_11649(charged):
    # The example of the standard.
    assert references.with_check_digits("539007547034") == "RF18539007547034"
    assert references.is_sound("RF18 5390 0754 7034")
    assert references.is_sound(charged().reference)
    assert charged().reference != charged().reference


@given(st.integers(0, 99_999_999_999), st.integers(2, 14), st.integers(1, 9))
def test_a_mistyped_digit_is_noticed(number, place, by):
    right = references.with_check_digits(f"{number:011d}")
    wrong = f"{right[:place]}{(int(right[place]) + by) % 10}{right[place + 1 :]}"
    assert references.is_sound(right)
    assert not references.is_sound(wrong)


def test_a_reference_is_found_in_what_a_payer_wrote(charged):
    one = charged().reference
    spaced = " ".join(one[at : at + 4] for at in range(0, len(one), 4)).lower()
    assert references.found_in(f"Danke! {spaced}, Max") == [one]
    assert references.found_in(f"Rechnung{one}Box") == [one]
    assert references.found_in("RF00 2600 0000 123") == []


def test_the_purpose_is_checked_after_it_was_filled_in(charged):
    assert charged(purpose="Gebühr zu {reference}").purpose.startswith("Gebuehr zu RF")
    for purpose in ("Verwaltungsgebühr {reference}", "Box 7/8", "", "Straße #1"):
        with pytest.raises(ChargeProblem):
            charged(purpose=purpose)
    assert len(charged(purpose="Box 12 {reference}").purpose) <= 27


@pytest.mark.parametrize(
    "wrong",
    [{"lines": []}, {"lines": [Line(text="x", cents=0)]}, {"lines": [Line(text="", cents=5)]},
     {"lines": [Line(text="x", cents=1)] * 100}, {"lines": [Line(text="x", cents=99_999_901)]},
     {"policy": "whenever"}, {"back": "https://elsewhere.example/"}, {"back": "//elsewhere"}],
)  # fmt: skip
def test_what_no_provider_would_take_is_refused_before(charged, wrong):
    with pytest.raises(ChargeProblem):
        charged(**wrong)
    assert not Charge.objects.exists()


def test_the_database_keeps_the_amount(charged):
    one = charged()
    for rows in (Charge.objects.filter(pk=one.pk), one.items.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(cents=1)


def test_a_cancelled_charge_leaves_nothing_in_the_books(charged, heard):
    one = charged()
    charges.cancel(one, "no longer wanted")
    charges.cancel(one, "again")
    assert not ledger.balances()
    assert heard == [
        ChargeChanged(charge=one.pk, kind="test.fee", subject="1", before="open", after="cancelled")
    ]


def test_money_at_the_counter_pays_the_charge_once(charged, heard):
    one = charged()
    charges.pay_at_counter(one, "clerk", "girocard")
    assert (on("receivable"), on("provider", "counter")) == (0, 1250)
    with pytest.raises(NotOpen):
        charges.pay_at_counter(one, "clerk", "cash")
    with pytest.raises(NotOpen):
        charges.cancel(one, "too late")
    assert [(event.before, event.after) for event in heard] == [("open", "paid")]


def test_parts_that_are_paid_back_undo_the_charge_to_the_cent(db, heard):
    one = charges.charge(
        kind="k", subject="s", purpose="Test",
        lines=[Line(text="a", cents=333, tax_rate=190, budget="a"),
               Line(text="b", cents=334, tax_rate=70, budget="b"),
               Line(text="c", cents=333, budget="c")],
    )  # fmt: skip
    charges.pay_at_counter(one, "clerk", "cash")
    for cents in (1, 332, 7, 660):
        charges.refund(one, cents, "goodwill")
    assert {b.account: b.cents for b in ledger.balances()} == {"provider": 1000, "owed": -1000}
    one.refresh_from_db()
    assert one.state == "refunded"
    assert [event.refunded for event in heard][1:] == [1, 333, 340, 1000]
    assert heard[-1].after == "refunded"


def test_no_more_goes_back_than_was_paid_and_the_same_wish_counts_once(charged):
    one = charged(1000)
    with pytest.raises(NotPaid):
        charges.refund(one, 1, "not paid yet")
    charges.pay_at_counter(one, "clerk", "cash")
    first = charges.refund(one, 600, "half", key="a")
    assert charges.refund(one, 600, "half", key="a") == first
    for cents in (401, 0, -5):
        with pytest.raises(NotPaid):
            charges.refund(one, cents, "too much")
    assert on("owed") == -600


def test_two_payments_of_one_charge_are_refused_by_the_database(charged, card):
    one = charged()
    told = {"charge": one, "provider": card, "cents": 1250, "state": "booked", "received": 1250,
            "booked": clock.now()}  # fmt: skip
    Transaction.objects.create(**told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transaction.objects.create(**told)
    Transaction.objects.create(**told, surplus=True)


def test_the_page_to_pay_speaks_the_payers_language(charged):
    assert charges.page(charged()).startswith("/payments/")
    assert charges.page(charged(language="en")).startswith("/en/payments/")
    assert Posting.objects.count() == 4
