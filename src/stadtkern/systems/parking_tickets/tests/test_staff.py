"""Staff: versions of prices with examples that must hold, rights, machines, open data."""

import re
from datetime import datetime, timedelta

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import Account, ApiKey
from stadtkern.systems.parking_tickets import datasets, layers
from stadtkern.systems.parking_tickets.logic import zones
from stadtkern.systems.parking_tickets.models import Machine, Tariff
from stadtkern.systems.parking_tickets.tests.conftest import NOW
from stadtkern.systems.parking_tickets.tests.test_pages import text_of

ZONE = "/staff/parking_tickets/zones/4711/"
RULES = {
    "minute": "begun", "free_minutes": "15", "longest_minutes": "120", "return_minutes": "60",
    "least": "0,20", "most_day": "", "before_hours": "wait", "after_hours": "carry",
    "follow_through": "on", "electric_percent": "0", "electric_until": "2026-12-31", "note": "neu",
    "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "1", "form-0-name": "Tag",
    "form-0-days": ["Mo", "Tu"], "form-0-begins": "08:00", "form-0-ends": "20:00",
    "form-0-euros1": "2,00", "form-0-per1": "60", "form-1-name": "", "do": "save",
}  # fmt: skip


@pytest.fixture
def draft(town, boss, client):
    answer = client.post(f"{ZONE}new/")
    assert answer["Location"] == f"{ZONE}2/"
    return answer["Location"]


def test_prices_are_drafted_tried_and_published_with_examples_that_hold(town, client, draft):
    assert client.post(draft, RULES).status_code == 302
    asked = {"begins": "2026-12-07T09:00", "until": "2026-12-07T10:15", "vehicle": "car"}
    assert "2,00 €" in text_of(client.get(draft, asked))
    publish = {"do": "publish", "since": "2026-12-01T00:00"}
    assert "mindestens ein Beispiel" in text_of(client.post(draft, publish))
    example = {f"example-{name}": value for name, value in asked.items()}
    client.post(draft, {**example, "example-euros": "2,50", "do": "example"})
    assert "anderen Preis" in text_of(client.post(draft, publish))
    client.post(draft, {"do": "drop", "at": "0"})
    client.post(draft, {**example, "example-euros": "2,00", "do": "example"})
    assert client.post(draft, publish).status_code == 302
    old, new = Tariff.objects.order_by("number")
    assert old.during.upper == new.during.lower == datetime.fromisoformat("2026-11-30T23:00+00:00")
    assert new.rules["vehicles"] == {"electric": {"per_mille": 0, "until": "2026-12-31"}}
    assert client.post(draft, RULES).status_code == 302
    new.refresh_from_db()
    assert new.rules["longest_minutes"] == 120
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"parking_tickets.tariff_draft", "parking_tickets.tariff_publish"} <= verbs
    assert "Ab 1. Dezember 2026" in text_of(client.get("/handyparken/zones/4711/"))


def test_prices_never_change_in_the_past(town, client, draft):
    client.post(draft, {"example-begins": "2026-12-07T09:00", "example-until": "2026-12-07T10:00",
                        "example-vehicle": "car", "example-euros": "1,50",
                        "do": "example"})  # fmt: skip
    answer = client.post(draft, {"do": "publish", "since": "2026-11-23T10:30"})
    assert (answer.status_code, "nur in der Zukunft" in text_of(answer)) == (422, True)


def test_rules_that_cannot_work_are_not_saved(town, client, draft):
    answer = client.post(draft, {**RULES, "form-0-euros1": ""})
    assert (answer.status_code, "windows[0].steps" in text_of(answer)) == (422, True)


def test_rights_are_listed_with_filters_and_never_with_plates(town, client, boss, later):
    row = town.sold(60)
    town.sold(30, key="k2", plate="BOXY1", source="web", operator=None)
    page = text_of(client.get("/staff/parking_tickets/rights/", {"source": "app"}))
    assert "1 Parkrecht" in page
    assert str(row.public_id)[:8] in page
    table = client.get("/staff/parking_tickets/rights/", {"format": "csv"}).content.decode()
    assert "HERAB123" not in table + page
    assert table.count("4711") == 2
    one = text_of(client.get(f"/staff/parking_tickets/rights/{row.public_id}/"))
    assert "operator:app-a" in one
    assert "HERAB123" not in one


def test_lists_have_a_fixed_number_of_queries(town, client, boss, django_assert_max_num_queries):
    for number in range(6):
        town.sold(60, key=f"q{number}", plate=f"BOXY{number + 1}")
        town.machine(str(number))
    for path in ("", "rights/", "machines/", "earned/", "settlements/"):
        with django_assert_max_num_queries(40):
            assert client.get(f"/staff/parking_tickets/{path}").status_code == 200


def test_a_machine_gets_its_key_once_and_staff_say_how_it_is(town, client, boss):
    town.machine("12")
    url = "/staff/parking_tickets/machines/12/"
    page = text_of(client.post(url, {"key": "new"}))
    made = re.findall(r"sk_[\w-]{30,}", page)
    assert len(made) == 1
    assert ApiKey.objects.get().scopes == ["parking_tickets:machine"]
    assert made[0] not in client.get(url).content.decode()
    client.post(url, {"state": "disturbed", "fault": "Klappe"})
    assert Machine.objects.get().fault == "Klappe"


def test_every_page_asks_for_its_own_right(town, client):
    account = Account.objects.create(username="gast", is_staff=True)
    client.force_login(account)
    for path in ("", "rights/", "earned/", "settlements/", "machines/", "zones/4711/"):
        assert client.get(f"/staff/parking_tickets/{path}").status_code == 403


def test_open_data_tells_prices_and_blurred_use_but_no_plate(town, later):
    for number in range(4):
        town.sold(30, key=f"u{number}", plate=f"BOXY{number + 1}")
    town.sold(30, key="x", plate="BOXY9", zone=town.add("8"))
    rows = list(datasets.usage_rows())
    assert rows == [{"zone": "4711", "hour": "2026-11-23T10:00", "rights": 4}]
    assert [one["cents"] for one in datasets.tariff_rows()] == [150, 150]
    told = str(list(datasets.zone_rows()) + list(datasets.machine_rows()) + rows)
    assert "BOXY" not in told


def test_map_and_tile_say_what_costs_now(town, later):
    town.add("8", {"windows": []})
    pins = {one.label: one for one in layers.pins()}
    assert (pins["4711 1,50\N{NO-BREAK SPACE}€"].state, pins["8 frei"].state) == ("info", "good")
    assert layers.zones_tile().value == "1"
    present = zones.all_zones(number="4711", at=NOW + timedelta(hours=8))[0].present
    assert present.text == "jetzt kostenlos, kostet wieder ab Di 09:00"
