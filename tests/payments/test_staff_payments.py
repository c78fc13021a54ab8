"""The treasury's pages."""

import html
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from msgspec.structs import replace

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.city import Payments
from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.models import Difference, Provider, Refund, Transaction
from stadtkern.kernel.payments.reconcile import bank
from stadtkern.kernel.payments.reconcile.bank_file import BankLine
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sealing import unseal


def words(answer):
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


@pytest.fixture
def treasury(staff):
    return staff("treasury")


def test_a_charge_is_found_by_its_reference_with_spaces(treasury, charged):
    one, other = charged(), charged()
    spaced = f"{one.reference[:4]} {one.reference[4:]}"
    text = words(treasury.get(reverse("staff-payments"), {"q": spaced}))
    assert one.reference in text
    assert other.reference not in text


def test_the_list_asks_the_database_a_fixed_number_of_times(
    treasury, charged, django_assert_max_num_queries
):
    for _one in range(12):
        charged()
    with django_assert_max_num_queries(12):
        assert treasury.get(reverse("staff-payments")).status_code == 200
    file = treasury.get(reverse("staff-payments"), {"format": "csv"}).content.decode("utf-8-sig")
    assert len(file.splitlines()) == 13


def test_one_charge_tells_its_story_and_its_entries(treasury, charged, sim, card):
    one = charged()
    row = begin.begin(one, card)
    sim.payer(row.their_id)
    begin.ask(row.pk)
    text = words(treasury.get(reverse("staff-payments-charge", args=[one.pk])))
    for wanted in ("Zahlung begonnen", "12,50 €", row.their_id, "122100.431100"):
        assert wanted in text


def test_a_part_is_paid_back_once_however_often_somebody_clicks(treasury, charged):
    one = charged(1000)
    charges.pay_at_counter(one, "clerk", "cash")
    page = reverse("staff-payments-charge", args=[one.pk])
    once = re.search(r'name="once" value="([^"]+)"', treasury.get(page).content.decode())[1]
    told = {"do": "refund", "euros": "4,00", "reason": "Kulanz", "once": once}
    for _click in range(2):
        treasury.post(f"{page}do/", told)
    assert Refund.objects.get().cents == 400
    assert Entry.objects.get(verb="payments.refund").details["cents"] == 400
    answer = treasury.post(f"{page}do/", told | {"euros": "7,00", "once": "x"}, follow=True)
    assert "600" in words(answer)


def do(browser, refund, **told):
    return browser.post(reverse("staff-payments-do-refund", args=[refund.pk]), told, follow=True)


def by_hand(charged, **how):
    """A refund that waits for people, of a payment by invoice."""
    one = charged(1000)
    line = BankLine(number="in-1", day=date(2026, 11, 20), cents=1000, text=one.reference, **how)
    bank.take([line], "x", "in")
    refund = charges.refund(one, 400, "Kulanz")
    rounds.send_refunds()
    refund.refresh_from_db()
    assert refund.state == "manual"
    return refund


IBAN = "DE02 1203 0000 0000 2020 51"


def test_what_no_provider_sends_back_needs_two_people(staff, charged):
    first, second = staff("treasury"), staff("superuser")
    refund = by_hand(charged)
    page = words(first.get(reverse("staff-payments-by-hand")))
    assert "4,00 €" in page
    assert "Konto noch nicht bekannt" in page
    assert "erst prüfen" in words(do(first, refund, do="returned"))
    wrong = do(first, refund, do="check", iban="DE02 1203 0000 0000 2020 52", holder="Ada")
    assert (wrong.status_code, ledger.on("owed")) == (422, -400)
    do(first, refund, do="check", iban=IBAN, holder="Ada Lovelace")
    assert "andere Person" in words(do(first, refund, do="returned"))
    assert ledger.on("owed") == -400
    do(second, refund, do="returned")
    refund.refresh_from_db()
    assert (refund.state, refund.checked_by.username, refund.noted_by.username) == (
        "done", "treasury", "superuser")  # fmt: skip
    assert (ledger.on("owed"), ledger.on("bank")) == (0, 600)
    assert sum(one.cents for one in ledger.balances()) == 0
    do(second, refund, do="returned")
    assert ledger.on("bank") == 600
    told = str(list(Entry.objects.values_list("details", flat=True)))
    assert "1203" not in told
    assert b"1203" not in bytes(refund.account)


def test_whoever_changes_the_account_checks_it_anew(staff, charged):
    first, second = staff("treasury"), staff("superuser")
    refund = by_hand(charged)
    do(first, refund, do="check", iban=IBAN, holder="Ada")
    do(second, refund, do="check", iban="NL91ABNA0417164300", holder="Mallory")
    do(second, refund, do="returned")
    refund.refresh_from_db()
    assert refund.state == "manual"


def test_the_database_itself_wants_two_people(staff, charged):
    staff("treasury")
    refund, who = by_hand(charged), Account.objects.get()
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(checked_by=who, noted_by=who)


def test_the_account_is_known_where_the_bank_named_it_and_is_forgotten_with_the_payer(
    later, treasury, charged
):
    refund = by_hand(charged, iban=IBAN.replace(" ", ""), holder="Ada Lovelace")
    page = treasury.get(reverse("staff-payments-refund", args=[refund.pk])).content.decode()
    assert f'value="{IBAN}"' in page
    assert 'value="Ada Lovelace"' in page
    file = treasury.get(reverse("staff-payments-by-hand"), {"format": "csv"})
    assert IBAN.replace(" ", "") in file.content.decode("utf-8-sig")
    assert Entry.objects.filter(verb="payments.export").count() == 1
    bank.take([BankLine(number="out-1", day=date(2026, 11, 21), cents=-400,
                        text=refund.transaction.charge.reference)], "x", "out")  # fmt: skip
    later(days=500)
    rounds.erase()
    assert Transaction.objects.get().account is None


def test_a_refund_that_was_noted_before_the_banks_file_is_booked_once(staff, charged):
    first, second = staff("treasury"), staff("superuser")
    refund = by_hand(charged)
    do(first, refund, do="check", iban=IBAN, holder="Ada")
    do(second, refund, do="returned")
    line = BankLine(number="out-1", day=date(2026, 11, 21), cents=-400,
                    text=f"Erstattung {refund.transaction.charge.reference}")  # fmt: skip
    for _twice in range(2):
        bank.take([line], "x", "out")
    assert (ledger.on("bank"), ledger.on("difference"), Difference.objects.count()) == (600, 0, 0)


def test_money_of_the_counter_goes_back_at_the_counter(staff, charged):
    first, second = staff("treasury"), staff("superuser")
    one = charged(1000)
    charges.pay_at_counter(one, "clerk", "cash")
    refund = charges.refund(one, 400, "Kulanz")
    rounds.send_refunds()
    assert "Stadtkasse" in words(first.get(reverse("staff-payments")))
    do(first, refund, do="check")
    do(second, refund, do="returned")
    refund.refresh_from_db()
    assert refund.state == "done"
    assert (ledger.on("owed"), ledger.on("provider", "counter")) == (0, 600)


def test_small_amounts_need_one_person_where_the_city_says_so(treasury, charged, monkeypatch):
    small = replace(registry.city(), payments=Payments(two_people_from_cents=500))
    monkeypatch.setattr(registry, "city", lambda: small)
    refund = by_hand(charged)
    do(treasury, refund, do="check", iban=IBAN, holder="Ada")
    do(treasury, refund, do="returned")
    refund.refresh_from_db()
    assert refund.state == "done"


def test_cancelling_and_the_counter_are_noted_with_who_did_it(treasury, charged):
    one, other = charged(), charged()
    for row, told in ((one, {"do": "cancel", "reason": "doppelt"}),
                      (other, {"do": "counter", "method": "girocard"})):  # fmt: skip
        treasury.post(reverse("staff-payments-do-charge", args=[row.pk]), told)
        row.refresh_from_db()
    assert (one.state, other.state) == ("cancelled", "paid")
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"payments.cancel", "payments.counter"} <= verbs


def test_a_bank_file_is_read_and_what_is_unknown_assigned(treasury, charged):
    one = charged()
    data = b"Buchungstag;Betrag;Verwendungszweck\n2026-11-20;12,50;ohne\n"
    page = reverse("staff-payments-compare")
    treasury.post(f"{page}bank/", {"file": SimpleUploadedFile("b.csv", data)})
    row = Difference.objects.get()
    assert "ohne" in words(treasury.get(page))
    do = reverse("staff-payments-do-difference", args=[row.pk])
    answer = treasury.post(do, {"do": "assign", "reference": "RF00"}, follow=True)
    assert "prüfen" in words(answer)
    treasury.post(do, {"do": "assign", "reference": one.reference})
    one.refresh_from_db()
    assert one.state == "paid"
    bad = treasury.post(f"{page}bank/", {"file": SimpleUploadedFile("b.csv", b"nothing")})
    assert bad.status_code == 422


def test_a_difference_is_cleared_only_with_words(treasury, db):
    line = BankLine(number="1", day=date(2026, 11, 20), cents=-500, text="Gebühr der Bank")
    bank.take([line], "x", "f")
    row = Difference.objects.get()
    do = reverse("staff-payments-do-difference", args=[row.pk])
    treasury.post(do, {"do": "clear", "note": " "})
    row.refresh_from_db()
    assert row.cleared is None
    treasury.post(do, {"do": "clear", "note": "Kontoführung"})
    row.refresh_from_db()
    assert row.note == "Kontoführung"


def test_the_ledger_says_that_it_is_balanced_and_comes_as_a_file(treasury, charged):
    charges.pay_at_counter(charged(), "clerk", "cash")
    page = reverse("staff-payments-ledger")
    assert "ausgeglichen" in words(treasury.get(page))
    file = treasury.get(page, {"format": "csv"}).content.decode("utf-8-sig")
    rows = [row.split(";") for row in file.splitlines()[1:]]
    assert sum(int(row[-2]) for row in rows) == sum(int(row[-1]) for row in rows) == 2500


def test_a_provider_is_added_tested_and_its_secret_never_shown(staff, sim):
    operator = staff("operator")
    new = reverse("staff-payments-provider-new") + "?kind=card"
    answer = operator.post(new, {"title": "Karte", "slug": "karte", "weight": 1,
                                 "set_base": f"{sim.base}/card", "secret": "wrong"})  # fmt: skip
    one = Provider.objects.get()
    assert unseal(one.secret) == "wrong"
    assert answer["Location"] == reverse("staff-payments-provider", args=[one.pk])
    do = reverse("staff-payments-provider-do", args=[one.pk])
    operator.post(do, {"do": "test"})
    one.refresh_from_db()
    assert one.problem
    page = reverse("staff-payments-provider", args=[one.pk])
    assert 'wrong"' not in operator.get(page).content.decode()
    told = {"title": "Karte", "weight": 1, "set_base": f"{sim.base}/card"}
    operator.post(page, told | {"secret": "the secret of all contracts"})
    operator.post(page, told)
    operator.post(do, {"do": "test"})
    one.refresh_from_db()
    assert not one.problem
    operator.post(do, {"do": "switch"})
    one.refresh_from_db()
    assert not one.active
