"""The pages people see: find, rent, pay, open, extend, end; without an account."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.bike_boxes.logic import links, renting
from stadtkern.systems.bike_boxes.models import Access, Card, Command
from stadtkern.systems.bike_boxes.tests.conftest import Station


def rental_page(client, access):
    return client.get(reverse("bike_boxes:rental", args=[links.token(access.booking)]))


def test_places_are_listed_with_what_is_free_in_a_fixed_number_of_queries(
    station, client, django_assert_max_num_queries
):
    Station(boxes=1, slug="wenge")
    client.get("/fahrradboxen/")
    with django_assert_max_num_queries(30):
        page = client.get("/fahrradboxen/").content.decode()
    assert "Boxen zob" in page
    assert "Boxen wenge" in page
    for n in range(5):
        Station(boxes=3, slug=f"more{n}")
    with django_assert_max_num_queries(30):
        client.get("/fahrradboxen/")


def test_a_day_that_is_sold_out_offers_the_waiting_list(station, client):
    day = date(2026, 12, 1)
    station.rented(first=day), station.rented(first=day)
    page = client.get("/fahrradboxen/", {"product": "day", "first": "2026-12-01"}).content.decode()
    assert "keine Box frei" in page
    assert "/fahrradboxen/zob/wait/" in page
    page = client.get("/fahrradboxen/", {"product": "day", "first": "2026-12-02"}).content.decode()
    assert "/fahrradboxen/zob/rent/" in page


@pytest.mark.parametrize(
    ("length", "handlebar", "height", "word"),
    [
        (180, 62, 110, "passt</"),
        (180, 78, 110, "der Lenker ist zu breit"),
        (230, 62, 110, "zu lang"),
    ],
)
def test_the_page_says_whether_a_bicycle_fits(station, client, length, handlebar, height, word):
    asked = {"length": length, "handlebar": handlebar, "height": height}
    page = client.get("/fahrradboxen/", asked).content.decode()
    assert word in re.sub(r"\s+", " ", page)


def test_the_whole_way_of_a_rental(station, client, later):
    given = {"product": "day", "first": "2026-11-23", "email": "rad@example.org"}
    answer = client.post("/fahrradboxen/zob/rent/", given)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/payments/")
    charge = Charge.objects.get()
    assert charge.back.startswith("/fahrradboxen/rental/")
    page = client.get(charge.back).content.decode()
    assert "Jetzt bezahlen" in page
    charges.pay_at_counter(charge, "test", "cash")
    page = client.get(charge.back).content.decode()
    access = Access.objects.get()
    pin = re.search(r"box-pin\">(\d{6})<", page)[1]
    assert "Box öffnen" in page
    assert "24:00" in page
    answer = client.post(f"{charge.back}open/")
    opening = client.get(answer["Location"]).content.decode()
    assert "Die Tür wird geöffnet" in opening
    assert 'http-equiv="refresh"' in opening
    Command.objects.update(state="done")
    assert "Die Tür ist offen." in client.get(answer["Location"]).content.decode()
    answer = client.post(f"{charge.back}extend/", {"product": "day"})
    assert answer["Location"].startswith("/payments/")
    assert client.post(f"{charge.back}end/").status_code == 302
    page = client.get(charge.back).content.decode()
    assert "Diese Miete ist beendet" in page
    assert pin not in page
    access.refresh_from_db()
    assert not access.live
    assert Charge.objects.exclude(pk=charge.pk).get().state == "cancelled"


def test_what_is_wrong_with_the_form_is_said_and_nothing_is_lost(station, client):
    given = {"product": "week", "first": "2026-11-30", "email": "no address", "card": "12",
             "name": "Ada"}  # fmt: skip
    answer = client.post("/fahrradboxen/zob/rent/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Ada"' in page
    assert 'value="2026-11-30"' in page
    answer = client.post("/fahrradboxen/zob/rent/", {**given, "email": "a@example.org"})
    assert "Diese Karte ist nicht gültig" in answer.content.decode()
    assert not Charge.objects.exists()


def test_a_box_that_is_sold_meanwhile_is_refused_with_a_next_step(station, client):
    station.rented(), station.rented()
    given = {"product": "day", "first": "2026-11-23", "email": "rad@example.org"}
    answer = client.post("/fahrradboxen/zob/rent/", given)
    assert answer.status_code == 422
    assert "/fahrradboxen/zob/wait/" in answer.content.decode()


def test_a_rental_is_found_by_code_and_mail_and_by_nothing_less(station, client):
    access = station.rented()
    code = access.booking.code
    answer = client.post("/fahrradboxen/my/", {"code": code, "email": "other@example.org"})
    assert answer.status_code == 422
    answer = client.post("/fahrradboxen/my/", {"code": code.lower(), "email": "RAD@example.org"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/fahrradboxen/rental/nonsense/").status_code == 404


def test_before_its_time_the_page_opens_nothing(station, client):
    access = station.rented(first=date(2026, 11, 30))
    page = rental_page(client, access).content.decode()
    assert "box-open" not in page
    assert "20 Ziffern" not in page
    client.post(f"/fahrradboxen/rental/{links.token(access.booking)}/open/")
    assert not Command.objects.exists()


def test_the_link_of_a_late_renter_goes_on_working(station, client, later):
    access = station.rented(box=station.boxes[0])
    access.box.__class__.objects.update(bike=True)
    from stadtkern.systems.bike_boxes.logic import overdue

    later(days=1)
    overdue.look_after()
    later(days=4)
    page = rental_page(client, access).content.decode()
    assert "Box öffnen" in page


def test_english_pages_speak_english(station, client):
    assert "Does my bicycle fit?" in client.get("/en/bike_boxes/").content.decode()
    given = {"product": "day", "first": "2026-11-23", "email": "rad@example.org"}
    client.post("/en/bike_boxes/zob/rent/", given)
    charge = Charge.objects.get()
    assert charge.language == "en"
    assert charge.back.startswith("/en/bike_boxes/rental/")


def test_who_waits_is_on_the_list(station, client):
    answer = client.post("/fahrradboxen/zob/wait/", {"product": "month", "email": "w@example.org"})
    assert answer.status_code == 302
    assert "1 Person" in client.get("/fahrradboxen/zob/wait/").content.decode()


def test_a_price_that_changes_does_not_touch_what_was_sold(station, client):
    access = station.rented("month", first=date(2026, 12, 1))
    renting.Product.objects.update(cents=9900)
    from stadtkern.systems.bike_boxes.logic import ending

    assert ending.refundable(access) == 1500


def test_card_numbers_are_not_kept(station, boss, client):
    lines = "04 A1 B2 C3 D4 E5 80;2027-12-31\n04FFEEDDCCBBAA;2027-12-31\n"
    assert client.post("/staff/bike_boxes/cards/", {"cards": lines}).status_code == 302
    assert Card.objects.count() == 2
    assert client.post("/staff/bike_boxes/cards/", {"cards": "04FFEEDDCCBBAA;"}).status_code == 302
    assert Card.objects.filter(blocked=None).count() == 1
    answer = client.post("/staff/bike_boxes/cards/", {"cards": "hello;2027-12-31"})
    assert answer.status_code == 422
    assert "Zeile 1" in answer.content.decode()


def test_the_days_left_are_the_citys(station, client, clock):
    clock.shift(timedelta(hours=13, minutes=45))
    access = station.rented()
    assert access.ends - access.begins == timedelta(hours=23, minutes=45)
