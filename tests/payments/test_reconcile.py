"""Books, statements and the bank's file, and where they differ."""

import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.models import Difference, Provider, Statement, Transaction
from stadtkern.kernel.payments.reconcile import bank, days
from stadtkern.kernel.payments.reconcile.bank_file import NotABankFile, read

CAMT_02 = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">25.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef><NtryDtls>
<TxDtls><AmtDtls/><Amt Ccy="EUR">12.50</Amt><RmtInf><Strd><CdtrRefInf><Ref>%(one)s</Ref></CdtrRefInf>
</Strd></RmtInf></TxDtls>
<TxDtls><Amt Ccy="EUR">12.50</Amt><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RmtInf><Ustrd>Gebuehr %(two)s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">99.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryRef>N3</NtryRef></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture
def paid(sim, provider, charged):
    def made(api="card", cents=1250):
        charge = charged(cents)
        row = begin.begin(charge, provider(api))
        sim.payer(row.their_id)
        begin.ask(row.pk)
        row.refresh_from_db()
        return row

    return made


def yesterday(later):
    later(days=1)
    return timezone.localtime(clock.now()).date() - timedelta(days=1)


def kinds():
    return sorted(Difference.objects.filter(cleared=None).values_list("kind", flat=True))


def fetched(sim, day):
    with urllib.request.urlopen(f"{sim.base}/bank/{day}.xml") as answer:
        return read(answer.read())


def test_a_day_on_which_all_agrees_has_no_difference_and_books_the_fees(sim, paid, later):
    for api in ("card", "giro", "wallet", "xbezahldienste"):
        paid(api)
    day = yesterday(later)
    days.run()
    days.run()
    assert kinds() == []
    assert Statement.objects.filter(day=day, lines=1).count() == 4
    assert ledger.on("fees", "giro") == 20
    assert ledger.on("provider", "giro") == 1230


def test_what_differs_is_listed_once_by_what_it_is(sim, paid, provider, charged, later):
    gone, twice, other = paid(), paid(), paid()
    del sim.store.payments[gone.their_id]
    sim.store.payments[other.their_id].paid = 1300
    sim.store.refund(sim.store.payments[twice.their_id], 100, "outside")
    sim.store.add(id="tr_x", api="card", request="x", cents=5, purpose="", back="", state="paid",
                  paid=5, at=sim.store.payments[twice.their_id].at)  # fmt: skip
    day = yesterday(later)
    days.compare(provider("card"), day)
    days.compare(provider("card"), day)
    assert kinds() == ["amount", "missing", "refund_unknown", "unknown"]


def test_the_statement_finds_a_payment_whose_beginning_we_never_heard_of(
    sim, provider, charged, later
):
    charge = charged()
    sim.faults.set({"lost": 1.0})
    with pytest.raises(Exception, match=r"antwortet nicht|does not answer"):
        begin.begin(charge, provider("card"))
    sim.faults.set({"lost": 0.0})
    (number,) = sim.store.payments
    sim.payer(number)
    days.compare(provider("card"), yesterday(later))
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert kinds() == []


def test_a_difference_goes_away_when_a_later_statement_agrees(sim, paid, provider, later):
    row = paid()
    kept = sim.store.payments.pop(row.their_id)
    day = yesterday(later)
    days.compare(provider("card"), day)
    assert kinds() == ["missing"]
    sim.store.payments[row.their_id] = kept
    days.compare(provider("card"), day)
    assert kinds() == []


def test_a_statement_that_is_not_there_yet_is_said_and_read_later(sim, paid, provider, later):
    paid()
    sim.faults.set({"error": 1.0})
    one = provider("card")
    good = one.settings["statement"]
    one.settings["statement"] = f"{sim.base}/nowhere"
    day = yesterday(later)
    assert days.compare(one, day).problem
    one.settings["statement"] = good
    assert not days.compare(one, day).problem
    assert Statement.objects.count() == 1


def test_payouts_empty_the_providers_account_into_the_banks(sim, paid, provider, later):
    row = paid()
    charges.refund(row.charge, 250, "a part")
    rounds.send_refunds()
    day = yesterday(later)
    days.compare(provider("card"), day)
    lines = fetched(sim, day)
    assert bank.take(lines, "treasury", "file").payouts == 1
    assert bank.take(lines, "treasury", "the same file").known == 1
    assert ledger.on("provider", "card") == 0
    assert ledger.on("bank") == 1000 - ledger.on("fees", "card")


def test_a_transfer_with_the_reference_pays_the_invoice_once(sim, charged):
    one = Provider.objects.create(slug="inv", title="Rechnung", adapter="invoice", settings={})
    charge = charged()
    begin.begin(charge, one)
    sim.store.transfer(1250, f"Gebuehr {charge.reference[:6]} {charge.reference[6:]}", "E. Muster")
    lines = fetched(sim, timezone.localtime(clock.now()).date())
    assert bank.take(lines, "treasury", "file").paid == 1
    assert bank.take(lines, "treasury", "file").known == 1
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert (ledger.on("bank"), ledger.on("receivable")) == (1250, 0)
    sim.store.transfer(1250, charge.reference, "E. Muster")
    bank.take(fetched(sim, timezone.localtime(clock.now()).date()), "treasury", "file")
    refund = Transaction.objects.get(surplus=True).refunds.get()
    rounds.send_refunds()
    refund.refresh_from_db()
    assert refund.state == "manual"
    assert ledger.on("owed") == -1250


def test_a_transfer_back_by_hand_is_found_in_the_file(charged):
    charge = charged()
    bank.take(read(_csv(("2026-11-20", "12,50", charge.reference))), "treasury", "in")
    charges.refund(charge, 500, "a part")
    rounds.send_refunds()
    out = read(_csv(("21.11.2026", "-5,00", f"Erstattung {charge.reference}")))
    assert bank.take(out, "treasury", "out").returned == 1
    assert bank.take(out, "treasury", "out").known == 1
    assert (ledger.on("owed"), ledger.on("bank")) == (0, 750)


def test_a_credit_nobody_knows_waits_until_somebody_says_whose_it_is(charged):
    bank.take(read(_csv(("2026-11-20", "12,50", "ohne Angabe"))), "treasury", "in")
    assert kinds() == ["bank_unknown"]
    assert (ledger.on("bank"), ledger.on("difference")) == (1250, -1250)
    charge = charged()
    bank.assign(Difference.objects.get().pk, charge, "treasury")
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert (ledger.on("bank"), ledger.on("difference")) == (1250, 0)
    assert kinds() == []


def test_camt_is_read_in_all_its_versions_also_collective_bookings(charged):
    one, two = charged(), charged()
    lines = read((CAMT_02 % {"one": one.reference, "two": two.reference}).encode())
    assert [line.cents for line in lines] == [1250, 1250, -700]
    assert len({line.number for line in lines}) == 3
    became = bank.take(lines, "treasury", "file")
    assert (became.paid, became.unknown) == (2, 1)


def _csv(*rows):
    return "\n".join(["Buchungstag;Betrag;Verwendungszweck", *(";".join(r) for r in rows)]).encode()


def test_equal_lines_of_one_file_are_two_payments():
    lines = read(_csv(("2026-11-20", "1.234,56", "x"), ("2026-11-20", "1.234,56", "x")))
    assert [line.cents for line in lines] == [123456, 123456]
    assert lines[0].number != lines[1].number


@pytest.mark.parametrize(
    "data",
    [b"", b"a;b\n1;2", b"<x/>", b"<x", b"Buchungstag;Betrag;Verwendungszweck\nheute;1;x",
     b'<!DOCTYPE x [<!ENTITY a "b">]><Document><Stmt>&a;</Stmt></Document>'],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(data):
    with pytest.raises(NotABankFile):
        read(data)
