"""Prices, reports, the ranking and what staff may change, with one small location."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from stadtkern.kernel import clock, formguard
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.charging import erasing
from stadtkern.systems.charging.logic import prices, ranking, reading
from stadtkern.systems.charging.logic.prices import Car
from stadtkern.systems.charging.models import (
    Connector,
    FaultReport,
    FleetCount,
    Location,
    Tariff,
)


@pytest.fixture
def plug(station):
    return Connector.objects.filter(evse__location=station).select_related("tariff").first()


def at(hour):
    return datetime.fromisoformat(f"2026-11-23T{hour}:00+01:00")


def test_a_price_is_energy_times_rate_with_tax(plug):
    # 20 kWh * 0.50 * 1.19; at 11 kW it takes 109.1 minutes.
    made = prices.cost(plug, Car(kwh=20, ac=11), at("12"))
    assert (made.cents, made.minutes) == (1190, 110)


def test_standing_too_long_costs_from_its_minute_on(plug):
    stays = {
        "price_components": [{"type": "PARKING_TIME", "price": 6.0, "step_size": 60}],
        "restrictions": {"min_duration": 7200},
    }
    plug.tariff.elements = [*plug.tariff.elements, stays]
    short = prices.cost(plug, Car(kwh=11, ac=11, parked=120), at("12"))
    # 11 * 0.50 * 1.19 = 6.545: half a cent is rounded up.
    assert short.cents == 655, "an hour of standing within two hours is free"
    long = prices.cost(plug, Car(kwh=11, ac=11, parked=180), at("12"))
    assert long.cents == 1369, "the third hour costs six euro more, 11.50 * 1.19"


def test_the_weaker_of_plug_and_car_counts(plug):
    assert prices.watt(plug, Car(ac=7.4)) == 7400
    assert prices.watt(plug, Car(ac=50)) == 22_000
    plug.power_type = "DC"
    assert prices.cost(plug, Car(dc=0)) is None


def test_a_fault_is_reported_without_a_name(station, client, quick):
    url = "/laden/am-test/fault/"
    wrong = client.post(url, {"stamp": formguard.stamp(), "text": "kaputt"})
    assert wrong.status_code == 422
    assert "Fehler:" in wrong.content.decode()
    assert "kaputt" in wrong.content.decode(), "nothing is lost"
    sent = {"stamp": formguard.stamp(), "kind": "plug", "point": "am-test-2", "text": "Kabel ab"}
    assert client.post(url, sent).status_code == 302
    report = FaultReport.objects.get()
    assert (report.evse.number, report.kind) == (2, "plug")
    assert "127.0.0.1" not in report.mark


def test_programs_cannot_flood_the_reports(station, client, quick):
    sent = {"stamp": formguard.stamp(), "kind": "plug"}
    codes = [client.post("/laden/am-test/fault/", sent).status_code for _n in range(11)]
    assert codes == [302] * 10 + [422]


def test_today_s_ratio_is_by_point_and_by_station(station, client):
    FleetCount.objects.create(
        area="Herne",
        area_key="05916",
        cars=100,
        cars_rule="bev",
        cars_day=date(2026, 1, 1),
        cars_source="Test",
    )
    by = {one.points_rule: one.value for one in ranking.today("05916")}
    assert by == {"points": 50.0, "stations": 100.0}
    rows = client.get("/laden/ranking.csv").content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("area;cars;counted_as_cars")
    assert rows[1].startswith("Herne;100;bev;2026-01-01;Test")


def test_seeing_is_not_changing(station, client):
    role = Role.objects.create(slug="looks", title="Looks", permissions=["charging.see"])
    someone = Account.objects.create(username="x", is_staff=True)
    someone.roles.add(role)
    client.force_login(someone)
    client.post("/staff/charging/locations/am-test/", {"operator": "Andere"})
    client.post("/staff/charging/counts/", {"area": "Herne", "cars": "1"})
    assert client.post("/staff/charging/evses/am-test-1/").status_code == 403
    assert client.get("/staff/charging/partners/").status_code == 403
    station.refresh_from_db()
    assert station.operator == "Werke"
    assert not FleetCount.objects.exists()


def test_what_is_set_by_hand_is_kept_and_on_record(station, client, boss, text):
    sent = {"operator": "Werke Nord", "opening_hours": "Mo-Sa 06:00-22:00", "public": "on",
            "renewable": "unknown", "accessible": "true"}  # fmt: skip
    assert client.post("/staff/charging/locations/am-test/", sent).status_code == 302
    station.refresh_from_db()
    assert (station.kept, station.accessible) == (["hours", "operator"], True)
    assert Entry.objects.get(verb="charging.location").details["fields"]
    bad = client.post("/staff/charging/locations/am-test/", {**sent, "opening_hours": "immer"})
    assert bad.status_code == 422
    assert "Mo-Fr 08:00-18:00" in text(bad)


def test_staff_take_a_point_out_and_the_map_says_so(station, client, boss, text):
    url = "/staff/charging/evses/am-test-1/"
    client.post(url, {"status": "OUTOFORDER", "tariff": "t", "evse_id": "DE*T*E1"})
    client.post(url.replace("-1/", "-2/"), {"status": "REMOVED", "tariff": "t"})
    (one,) = reading.stations()
    assert (one.all, one.state) == (1, "bad")
    again = client.post(url.replace("-1/", "-2/"), {"evse_id": "DE*T*E1"}, follow=True)
    assert "hat schon ein anderer Punkt" in text(again)


def test_prices_with_tax_become_elements_without(client, boss):
    sent = {"title": "Neu", "vat": "19", "kwh": "0.52", "minute": "0.05", "after": "240",
            "begins": "08:00", "ends": "20:00", "active": "on"}  # fmt: skip
    assert client.post("/staff/charging/tariffs/new/", sent).status_code == 302
    made = Tariff.objects.get()
    energy, stays = made.elements
    assert energy["price_components"] == [{"type": "ENERGY", "price": 0.437, "step_size": 1}]
    assert stays["restrictions"] == {
        "min_duration": 14_400,
        "start_time": "08:00",
        "end_time": "20:00",
    }
    assert prices.kwh_price(made).quantize(Decimal("0.01")) == Decimal("0.52")
    page = client.get(f"/staff/charging/tariffs/{made.uid}/")
    assert page.context["form"].initial["kwh"] == Decimal("0.52")
    half = client.post("/staff/charging/tariffs/new/", {**sent, "ends": ""})
    assert half.status_code == 422


def test_a_file_is_looked_at_before_it_is_taken(client, boss, db, text):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from stadtkern.systems.charging.tests.test_register import REAL

    def send(content, **more):
        file = SimpleUploadedFile("register.csv", content)
        return client.post("/staff/charging/register/", {"file": file, "day": "2019-07-19", **more})

    dry = send(REAL)
    assert "Gespeichert wurde nichts" in text(dry)
    assert not Location.objects.exists()
    assert send(REAL, take="on").status_code == 302
    assert Location.objects.count() == 11
    assert Entry.objects.get(verb="charging.register").details["new"] == 11
    assert send(REAL, take="on").status_code == 422
    assert send(b"no;table").status_code == 422


def test_counts_need_their_source(client, boss):
    sent = {"area": "Herne", "cars": "2814", "cars_rule": "unsaid", "points_rule": "unsaid"}
    assert client.post("/staff/charging/counts/", sent).status_code == 422
    sent |= {"cars_source": "Stadt Herne", "points": "62"}
    assert client.post("/staff/charging/counts/", sent).status_code == 422
    assert client.post("/staff/charging/counts/", {**sent, "points": ""}).status_code == 302
    number = FleetCount.objects.get().pk
    assert client.post("/staff/charging/counts/", {"remove": str(number)}).status_code == 302
    assert not FleetCount.objects.exists()


def test_a_partner_s_token_is_shown_once(client, boss):
    page = client.post("/staff/charging/partners/", {"name": "Fahrstrom"})
    (token,) = re.findall(r"<code>([\w-]{40,})</code>", page.content.decode())
    assert token not in client.get("/staff/charging/partners/").content.decode()
    assert token not in str(Entry.objects.values_list("details", flat=True))


def test_reports_are_closed_with_what_was_done(station, client, boss):
    report = FaultReport.objects.create(location=station, kind="plug")
    client.post("/staff/charging/faults/", {"report": report.public_id, "answer": "Neues Kabel"})
    report.refresh_from_db()
    assert (report.answer, report.closed is not None) == ("Neues Kabel", True)
    assert erasing.faults(clock.now() + timedelta(days=1)) == 1
