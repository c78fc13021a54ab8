"""The driver's pages: find a zone, see the price, pay, extend, end early; without an account."""

import re
from datetime import timedelta

import pytest
import time_machine

from stadtkern.kernel.formguard import stamp
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge, Refund
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.parking_tickets import erasing, plates
from stadtkern.systems.parking_tickets.logic import buying, links, listening, reminding, rights
from stadtkern.systems.parking_tickets.models import Operator, Purchase, Session
from stadtkern.systems.parking_tickets.tests.conftest import NOW, SHOPS, booked

BUY = "/handyparken/zones/4711/buy/"


@pytest.fixture
def form(town):
    """What a person sends; the page was opened a minute before."""
    with time_machine.travel(NOW - timedelta(minutes=1), tick=False):
        opened = stamp()
    return {"plate": "her-ab 123", "vehicle": "car", "until": "60", "stamp": opened, "website": ""}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def bought(client, form, **more) -> tuple[Session, Charge | None]:
    answer = client.post(BUY, {**form, "step": "pay", "cents": "999", **more})
    assert answer.status_code == 302, text_of(answer)
    row = Session.objects.latest("pk")
    found = Purchase.objects.filter(session=row).select_related("charge").last()
    return row, found.charge if found else None


def pay(charge) -> None:
    charges.pay_at_counter(charge, "test", "cash")
    charge.refresh_from_db()
    buying.settle(charge)


def page_of(client, row) -> str:
    return text_of(client.get(links.path(row)))


def test_a_zone_is_found_by_its_number_and_shows_what_it_costs_now(town, client):
    assert client.get("/handyparken/", {"number": " 4711 "})["Location"].endswith("/zones/4711/")
    page = text_of(client.get("/handyparken/zones/4711/"))
    assert "jetzt 1,50 € je Stunde" in page
    assert "Mo–Sa 09:00–18:00: 1,50 € je Stunde" in page
    assert "Höchstparkdauer: 3 Stunden." in page
    wrong = client.get("/handyparken/", {"number": "9"})
    assert (wrong.status_code, "Eine Zone 9 gibt es nicht" in text_of(wrong)) == (404, True)


def test_the_list_of_zones_has_a_fixed_number_of_queries(
    town, client, django_assert_max_num_queries
):
    for number in range(5):
        town.machine(str(number), town.add(f"9{number}"))
    client.get("/handyparken/")
    with django_assert_max_num_queries(20):
        assert "Zone 94" in text_of(client.get("/handyparken/"))


def test_the_price_is_shown_with_its_lines_before_anybody_pays(town, client, form):
    Operator.objects.update(surcharge={"per_mille": 150, "least_cents": 30})
    page = text_of(client.get(BUY))
    assert "30 Minuten, bis 11:00: 0,75 €" in page
    assert "offenes Ende, ich beende selbst, spätestens 13:30: höchstens 4,50 €" in page
    page = text_of(client.post(BUY, form))
    assert "1,50 € bezahlen" in page
    assert "HERAB123" in page
    assert "App A" in page
    assert "1,80 €" in page
    assert Session.objects.count() == 0


def test_a_right_is_worth_nothing_until_it_is_paid(town, client, form):
    row, charge = bought(client, form, email="rad@example.org")
    assert (row.state, charge.cents) == ("held", 150)
    assert "noch nicht bezahlt" in page_of(client, row)
    pay(charge)
    row.refresh_from_db()
    assert row.state == "active"
    page = page_of(client, row)
    assert "1 Stunde" in page
    assert str(row.public_id) in page
    letter = Letter.objects.get()
    assert links.path(row) in letter.text
    assert "AB" not in letter.text.replace(links.path(row), "")
    assert booked() == {("provider", "counter"): 150, ("revenue", "parking:4711:web"): -150}


def test_of_two_who_pay_for_one_plate_the_second_gets_everything_back(town, client, form):
    first, one = bought(client, form)
    second, two = bought(client, form)
    pay(two)
    pay(one)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, first.state) == ("active", "cancelled")
    assert Refund.objects.get().cents == 150
    assert "Sie bekommen alles auf Ihrem Zahlungsweg zurück" in page_of(client, first)
    again = client.post(BUY, {**form, "step": "pay", "cents": "999"})
    assert (again.status_code, "schon ein Parkrecht" in text_of(again)) == (422, True)


def test_extending_is_paid_and_shortening_gives_money_back(town, client, form, later):
    row, charge = bought(client, form)
    pay(charge)
    url = links.path(row)
    later(minutes=30)
    page = text_of(client.get(f"{url}extend/"))
    assert "bis 12:00: 0,75 € mehr" in page
    until = (NOW + timedelta(minutes=90)).isoformat()
    answer = client.post(f"{url}extend/", {"until": until})
    assert answer["Location"].startswith("/payments/")
    row.refresh_from_db()
    assert row.during.upper == NOW + timedelta(minutes=60)
    more = Purchase.objects.get(kind="extend").charge
    pay(more)
    row.refresh_from_db()
    assert (row.cents, row.during.upper) == (225, NOW + timedelta(minutes=90))
    page = text_of(client.post(f"{url}shorten/", {"until": "other", "time": "11:15"}, follow=True))
    assert "Sie bekommen 1,12 €" in page
    row.refresh_from_db()
    assert row.cents == 113
    assert sum(one.cents for one in Refund.objects.all()) == 112
    assert booked()[("revenue", "parking:4711:web")] == -row.cents


def test_ending_an_open_end_gives_back_what_was_not_used(town, client, form, later):
    row, charge = bought(client, form, until="open")
    assert charge.cents == 450
    pay(charge)
    later(minutes=20)
    assert "4,00 €" in text_of(client.get(f"{links.path(row)}stop/"))
    client.post(f"{links.path(row)}stop/")
    client.post(f"{links.path(row)}stop/")
    row.refresh_from_db()
    assert (row.state, row.cents, Refund.objects.get().cents) == ("ended", 50, 400)


def test_an_extension_that_is_paid_too_late_goes_back(town, client, form, later):
    row, charge = bought(client, form)
    pay(charge)
    until = (NOW + timedelta(minutes=90)).isoformat()
    client.post(f"{links.path(row)}extend/", {"until": until})
    rights.stop(row.pk, key="x", actor="web")
    pay(Purchase.objects.get(kind="extend").charge)
    row.refresh_from_db()
    assert row.state == "ended"
    assert booked()[("revenue", "parking:4711:web")] == -row.cents


def test_a_purchase_that_is_given_up_owes_nothing(town, client, form):
    row, charge = bought(client, form)
    client.post(links.path(row))
    row.refresh_from_db()
    charge.refresh_from_db()
    assert (row.state, charge.state, booked()) == ("cancelled", "cancelled", {})
    event = type("Told", (), {"kind": "parking_tickets.right", "charge": charge.pk})()
    listening.charge_changed(event)
    assert booked() == {}


def test_time_that_is_free_is_given_without_a_payment(town, client, form):
    zone = town.add("5", {"windows": [SHOPS], "free_minutes": 60})
    answer = client.post(BUY.replace("4711", zone.number),
                         {**form, "step": "pay", "cents": "0", "until": "30"})  # fmt: skip
    assert answer["Location"].startswith("/handyparken/right/")
    assert Session.objects.get().state == "active"
    assert Charge.objects.count() == 0


def test_a_price_that_rose_since_it_was_shown_is_shown_again(town, client, form):
    answer = client.post(BUY, {**form, "step": "pay", "cents": "100"})
    assert (answer.status_code, Session.objects.count()) == (200, 0)
    assert "von 1,00 € auf 1,50 € geändert" in text_of(answer)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"plate": "?"}, "Kennzeichen"),
        ({"until": "other", "time": "09:00"}, "späteste Ende"),
        ({"until": "other", "time": "17:00"}, "späteste Ende"),
        ({"until": "other"}, "Schreiben Sie die Uhrzeit"),
        ({"remind": "on"}, "Schreiben Sie Ihre E-Mail-Adresse"),
        ({"vehicle": "tank"}, "Fahrzeug"),
        ({"website": "spam"}, "leer"),
    ],
)
def test_what_is_wrong_is_said_with_the_next_step(town, client, form, wrong, words):
    answer = client.post(BUY, {**form, **wrong})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Fehler:" in page
    assert 'role="alert"' in page
    assert words in page
    assert Session.objects.count() == 0


def test_a_plate_that_does_not_look_german_gets_suggestions_and_is_taken_as_it_is(
    town, client, form
):
    page = text_of(client.post(BUY, {**form, "plate": "HERABI23"}))
    assert "Meinten Sie" in page
    assert "HERAB123" in page
    row, _charge = bought(client, {**form, "plate": "HERABI23"})
    assert plates.shown(row.plate_sealed) == "HERABI23"


def test_who_asked_is_reminded_once_for_each_end(town, client, form, later):
    _row, charge = bought(client, form, email="rad@example.org", remind="on")
    pay(charge)
    assert reminding.remind() == 0
    later(minutes=51)
    assert (reminding.remind(), reminding.remind()) == (1, 0)
    assert Letter.objects.filter(key__startswith="parking:ends_soon").count() == 1


def test_mail_addresses_are_forgotten_and_the_link_ends(town, client, form, later):
    row, charge = bought(client, form, email="rad@example.org")
    pay(charge)
    later(days=31)
    assert erasing.addresses(NOW + timedelta(days=1)) == 1
    assert Session.objects.get().email is None
    assert client.get(links.path(row)).status_code == 404


def test_all_of_it_is_there_in_english(town, client, form):
    page = text_of(client.get("/en/parking_tickets/zones/4711/"))
    assert "Longest stay: 3 hours." in page
