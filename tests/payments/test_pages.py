"""The payer's pages, as a browser without script sees them."""

import html
import re

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel.payments import begin, charges
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.receipts.mail import send


def words(answer):
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


@pytest.fixture
def charge(charged):
    return charged(description="Box am ZOB", back="/fahrradboxen/", language="de")


def go(client, charge, provider, **more):
    return client.post(charges.page(charge), {"provider": provider.slug, **more})


def test_the_pay_page_says_what_how_much_and_how(client, charge, card):
    answer = client.get(charges.page(charge))
    text = words(answer)
    for wanted in ("12,50 €", "Box am ZOB", charge.reference, "Card"):
        assert wanted in text
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_choosing_a_way_leads_to_the_provider_and_browsers_may_go_there(client, sim, charge, card):
    page = client.get(charges.page(charge))
    directive = next(d for d in page["Content-Security-Policy"].split(";") if "form-action" in d)
    assert sim.base in directive.split()
    answer = go(client, charge, card, email="erika@muster.example")
    assert answer["Location"] == charge.transactions.get().page
    charge.refresh_from_db()
    assert charge.email == "erika@muster.example"


def test_a_page_that_browsers_may_not_be_sent_to_is_a_link(client, sim, charge, card):
    card.settings["pages"] = "https://pay.example"
    card.save()
    answer = go(client, charge, card)
    assert answer.status_code == 200
    assert charge.transactions.get().page in answer.content.decode()


def test_the_way_back_proves_nothing_the_provider_is_asked(client, sim, charge, card):
    go(client, charge, card)
    status = charges.page(charge) + "status/"
    assert "prüfen Ihre Zahlung" in words(client.get(f"{status}?status=paid&gcResultPayment=4000"))
    row = charge.transactions.get()
    sim.payer(row.their_id)
    row.asked = None
    row.save()
    text = words(client.get(status))
    assert "Bezahlt" in text
    assert "/fahrradboxen/" in client.get(status).content.decode()


def test_a_payment_that_failed_can_be_tried_again(client, sim, charge, card):
    go(client, charge, card)
    sim.payer(charge.transactions.get().their_id, "fail")
    charge.transactions.update(asked=None)
    text = words(client.get(charges.page(charge) + "status/"))
    assert "nicht geklappt" in text
    assert "Noch einmal versuchen" in text


def test_a_provider_that_is_down_costs_nothing_but_a_sentence(client, sim, charge, card):
    sim.faults.set({"error": 1.0})
    answer = go(client, charge, card)
    assert answer.status_code == 422
    assert "Es wurde nichts bezahlt" in words(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_callback_makes_us_ask_and_twice_is_once(sim, charge, card, method):
    go(Client(), charge, card)
    row = charge.transactions.get()
    sim.payer(row.their_id)
    browser = Client(enforce_csrf_checks=True)
    for _time in range(2):
        answer = getattr(browser, method)(charges.page(charge) + "callback/", {"id": "whatever"})
        assert answer.status_code == 200
    jobs = ProcrastinateJob.objects.filter(task_name="perform", args__number=charge.pk)
    assert jobs.count() == 1
    charge.refresh_from_db()
    assert charge.state == "open"
    assert begin.ask_all(charge.pk) == "booked"


def test_who_turns_round_in_the_wallet_is_not_kept_waiting_and_nothing_is_lost(
    client, sim, charge, provider
):
    go(client, charge, provider("wallet"))
    row = charge.transactions.get()
    cancel = sim.store.payments[row.their_id].cancel
    text = words(client.get(cancel.removeprefix("http://localhost")))
    assert "abgebrochen" in text
    sim.payer(row.their_id)
    charge.transactions.update(asked=None)
    assert "Bezahlt" in words(client.get(charges.page(charge) + "status/"))


def test_nobody_finds_a_charge_without_its_key(client, charge):
    for path in ("", "status/", "invoice/", "receipt/", "receipt.pdf", "callback/"):
        assert client.get(f"/payments/{charge.pk}/{path}").status_code == 404
        assert client.get(f"/payments/{charge.public_id}/{path}").status_code == 404


def test_an_invoice_shows_account_and_reference(client, charge):
    one = Provider.objects.create(
        slug="inv", title="Überweisung", adapter="invoice",
        settings={"owner": "Stadtkasse", "iban": "DE02 1203 0000 0000 2020 51"},
    )  # fmt: skip
    answer = go(client, charge, one)
    text = words(client.get(answer["Location"].removeprefix("http://localhost")))
    for wanted in ("DE02 1203", "Stadtkasse", charge.reference, "12,50 €"):
        assert wanted in text


def test_an_english_payer_reads_english(client, charged, card):
    one = charged(language="en")
    text = words(client.get(charges.page(one)))
    assert "€12.50" in text
    assert "How do you want to pay?" in text


def test_the_receipt_is_a_page_a_pdf_and_one_mail(client, charge, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    path = charges.page(charge)
    assert client.get(f"{path}receipt/").status_code == 302
    assert client.get(f"{path}receipt.pdf").status_code == 404
    charge.email = "erika@muster.example"
    charge.save()
    charges.pay_at_counter(charge, "clerk", "cash")
    assert charge.reference in words(client.get(f"{path}receipt/"))
    file = client.get(f"{path}receipt.pdf")
    assert file.content.startswith(b"%PDF-")
    assert send() == "1 receipts sent, 0 failed"
    assert send() == "0 receipts sent, 0 failed"
    (sent,) = mail.outbox
    assert sent.to == ["erika@muster.example"]
    assert "12,50" in sent.body
    assert sent.attachments[0][0] == f"{charge.reference}.pdf"


def test_the_pdf_says_its_language_and_title_to_readers_that_speak(charged, client):
    one = charged(language="en")
    charges.pay_at_counter(one, "clerk", "cash")
    data = client.get(f"{charges.page(one)}receipt.pdf").content
    assert b"/Lang (en)" in data
    assert f"Receipt {one.reference}".encode() in data
