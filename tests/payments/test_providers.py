"""One contract for every provider, against the simulator as an outside program."""

import uuid

import pytest

from stadtkern.kernel.payments import begin, charges, ledger, rounds
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import KINDS, adapter, call, giro, xbezahldienste
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.settle import learn
from stadtkern.kernel.sealing import seal

ONLINE = ("xbezahldienste", "giro", "card", "wallet")
ALL = pytest.mark.parametrize("api", ONLINE)


@pytest.fixture
def begun(provider, charged):
    def made(api, **more):
        charge = charged(**more)
        return charge, begin.begin(charge, provider(api))

    return made


def state(row):
    row.refresh_from_db()
    return row.state


@ALL
def test_a_payment_is_begun_paid_and_booked(sim, begun, api):
    charge, row = begun(api)
    assert row.state == "started"
    assert row.page.startswith(f"{sim.base}/pay/")
    assert begin.ask(row.pk).state == "started"
    sim.payer(row.their_id)
    assert begin.ask(row.pk).state == "booked"
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert (ledger.on("provider", api), ledger.on("receivable")) == (1250, 0)


@ALL
def test_hearing_it_twice_books_once(sim, begun, api):
    charge, row = begun(api)
    sim.payer(row.their_id)
    for _turn in range(3):
        begin.ask(row.pk)
        learn(row.pk, Outcome(state="booked", cents=1250))
        begin.ask_all(charge.pk)
    assert ledger.on("provider", api) == 1250
    assert not Refund.objects.exists()


@ALL
def test_old_news_after_booked_change_nothing(sim, begun, api):
    _charge, row = begun(api)
    sim.payer(row.their_id)
    begin.ask(row.pk)
    for late in ("started", "failed", "cancelled", "expired"):
        learn(row.pk, Outcome(state=late))
    assert state(row) == "booked"


@ALL
def test_money_that_comes_after_the_charge_was_cancelled_goes_back(sim, begun, api):
    charge, row = begun(api)
    sim.payer(row.their_id)
    charges.cancel(charge, "not paid in time")
    learn(row.pk, Outcome(state="cancelled"))
    begin.ask(row.pk)
    if api == "wallet":  # approved, but never taken
        assert state(row) == "cancelled"
        assert sim.store.payments[row.their_id].state == "approved"
        return
    assert state(row) == "booked"
    assert row.surplus
    rounds.send_refunds()
    refund = row.refunds.get()
    assert refund.cents == 1250
    assert refund.state == ("done" if api == "card" else "manual")
    assert ledger.on("owed") == (0 if api == "card" else -1250)
    assert ledger.on("receivable") == 0


@ALL
def test_another_amount_is_no_payment_and_goes_back(sim, begun, api):
    charge, row = begun(api)
    sim.payer(row.their_id, wrong=True)
    assert begin.ask(row.pk).surplus
    charge.refresh_from_db()
    assert charge.state == "open"
    assert row.refunds.get().cents == 1150
    assert (ledger.on("receivable"), ledger.on("owed")) == (1250, -1150)


@ALL
@pytest.mark.parametrize("fault", ["error", "lost", "timeout"])
def test_a_provider_that_gives_no_answer_loses_nothing(sim, begun, api, fault, monkeypatch):
    monkeypatch.setattr(call, "TIMEOUT", 0.5)
    charge, row = begun(api)
    sim.payer(row.their_id)
    sim.faults.set({fault: 1.0})
    assert begin.ask(row.pk).state == "started"
    assert row.state == "started"
    assert Transaction.objects.get(pk=row.pk).problem
    sim.faults.set({fault: 0.0})
    assert begin.ask(row.pk).state == "booked"
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert ledger.on("provider", api) == 1250


@ALL
def test_a_payment_that_could_not_be_begun_leaves_the_charge_to_be_paid(
    sim, provider, charged, api
):
    charge = charged()
    sim.faults.set({"lost": 1.0})
    with pytest.raises(ProviderProblem):
        begin.begin(charge, provider(api))
    assert charge.transactions.get().state == "failed"
    sim.faults.set({"lost": 0.0})
    row = begin.begin(charge, provider(api))
    sim.payer(row.their_id)
    assert begin.ask(row.pk).state == "booked"


@ALL
def test_what_the_provider_does_not_know_is_not_paid(begun, api):
    _charge, row = begun(api)
    Transaction.objects.filter(pk=row.pk).update(their_id=uuid.uuid4().hex[:17])
    assert begin.ask(row.pk).state == "started"
    assert Transaction.objects.get(pk=row.pk).problem


@ALL
def test_the_answer_about_another_payment_is_not_believed(sim, begun, api):
    _first, paid = begun(api)
    _second, row = begun(api, subject="2")
    sim.payer(paid.their_id)
    other = paid.their_id
    Transaction.objects.filter(pk=paid.pk).update(their_id="elsewhere")
    Transaction.objects.filter(pk=row.pk).update(their_id=other)
    assert begin.ask(row.pk).state == "started"


@ALL
@pytest.mark.parametrize("do", ["cancel", "fail"])
def test_a_payment_that_was_called_off_can_be_tried_again(sim, begun, provider, api, do):
    charge, row = begun(api)
    sim.payer(row.their_id, do)
    found = begin.ask(row.pk).state
    # The wallet does not tell that somebody turned back.
    assert found in ("cancelled", "failed") or (api, do) == ("wallet", "cancel")
    charge.refresh_from_db()
    assert charge.state == "open"


@ALL
def test_who_goes_back_and_forth_goes_on_with_the_same_payment(begun, provider, api):
    charge, row = begun(api)
    assert begin.begin(charge, provider(api)) == row
    assert charge.transactions.count() == 1


@ALL
def test_the_test_of_the_connection_tells_a_wrong_secret(provider, api):
    one = provider(api)
    assert adapter(one).check()
    one.secret = seal("another")
    with pytest.raises(ProviderProblem):
        adapter(one).check()


@ALL
def test_a_provider_that_is_not_there_is_said_in_words(provider, charged, api):
    one = provider(api)
    one.settings |= {"base": "http://127.0.0.1:9", "token": "http://127.0.0.1:9"}
    with pytest.raises(ProviderProblem, match=r"antwortet nicht|does not answer"):
        adapter(one).check()


def test_no_provider_is_asked_inside_a_network_that_the_city_has_not_named(provider):
    one = provider("card")
    one.settings |= {"base": "http://192.168.0.1"}
    with pytest.raises(ProviderProblem, match=r"\[payments\] private_networks"):
        adapter(one).check()


@pytest.mark.parametrize("api", ["card", "wallet"])
def test_parts_go_back_through_the_provider_once_each(sim, begun, api):
    charge, row = begun(api, cents=1000)
    sim.payer(row.their_id)
    begin.ask(row.pk)
    charges.refund(charge, 300, "a part")
    sim.faults.set({"lost": 1.0})
    rounds.send_refunds()
    assert row.refunds.get().state == "wanted"
    # The provider has done it; it is asked again with the same number.
    assert sim.store.payments[row.their_id].refunded in (0, 300)
    sim.faults.set({"lost": 0.0})
    Refund.objects.update(asked=None)
    rounds.send_refunds()
    rounds.send_refunds()
    assert row.refunds.get().state == "done"
    assert sim.store.payments[row.their_id].refunded == 300
    assert (ledger.on("provider", api), ledger.on("owed")) == (700, 0)


def test_the_request_of_xbezahldienste_is_as_the_standard_has_it(begun, sim):
    lines = [Line(text="Box & Schloss: 1 Monat!", cents=1190, tax_rate=190, quantity=2, budget="57",
                  booking={"objekt": "A/1"}), Line(text="Pfand", cents=60)]  # fmt: skip
    charge, row = begun("xbezahldienste", lines=lines, description="Box; ZOB")
    asked = xbezahldienste.request_of(row)
    assert asked["grosAmount"] == 12.5
    assert (asked["currency"], asked["purpose"]) == ("EUR", charge.purpose)
    assert asked["redirectUrl"].endswith(f"/payments/{charge.token}/status/")
    first, second = asked["items"]
    assert (first["totalNetAmount"], first["totalTaxAmount"], first["taxRate"]) == (10.0, 1.9, 19.0)
    assert (first["singleNetAmount"], first["quantity"]) == (5.0, 2)
    assert first["reference"] == charge.reference
    assert first["bookingData"]["kassenzeichen"] == charge.reference
    assert first["bookingData"]["objekt"] == "A 1"
    assert second["id"] == "2"
    assert "requestor" not in asked


def test_xbezahldienste_refusals_keep_the_word_of_the_standard(provider, charged, sim):
    row = begin.begin(charged(), provider("xbezahldienste"))
    with pytest.raises(ProviderRefuses) as twice:
        adapter(provider("xbezahldienste")).start(row)
    assert twice.value.code == "PAYMENT_EXISTS"
    one = provider("xbezahldienste")
    one.settings |= {"originator": "nobody"}
    with pytest.raises(ProviderRefuses) as unknown:
        adapter(one).check()
    assert unknown.value.code == "NO_VALID_ORIGINATOR_OR_ENDPOINT"


def test_the_signature_of_giro_is_that_of_the_providers_own_example():
    # https://api.girocheckout.de/en:girocheckout:general:start (its passphrase is "secure")
    assert giro.signature("12345671234Wert1Wert2", "secure") == "4233d4d15a75d651d60ebabe99b3d846"


def test_an_answer_that_giro_did_not_sign_is_not_believed(sim, begun, monkeypatch):
    _charge, row = begun("giro")
    sim.payer(row.their_id)
    monkeypatch.setattr(sim.service.giro, "signature", lambda text: "0" * 32)
    assert begin.ask(row.pk).state == "started"


def test_an_invoice_leads_to_our_own_page_and_checks_its_iban(charged, db):
    from stadtkern.kernel.payments.models import Provider

    one = Provider.objects.create(
        slug="inv", title="Rechnung", adapter="invoice",
        settings={"owner": "Stadt", "iban": "DE02 1203 0000 0000 2020 51"},
    )  # fmt: skip
    row = begin.begin(charged(), one)
    assert row.page.endswith("/invoice/")
    assert adapter(one).check()
    one.settings["iban"] = "DE02 1203 0000 0000 2020 52"
    with pytest.raises(ProviderProblem):
        adapter(one).check()


def test_every_kind_that_staff_can_choose_has_its_adapter(provider):
    one = provider("card")
    for slug in KINDS:
        one.adapter = slug
        for name in ("start", "status", "refund", "statement", "check"):
            assert callable(getattr(adapter(one), name)), slug
