"""Zones of phone parking in the Curb Data Specification: valid, and exact or silent about money."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid5

import pytest

from stadtkern.kernel.feeds.curbs import CurbRule, CurbZone, Rate
from stadtkern.kernel.places.models import Place
from stadtkern.site.feeds.publication import Curbs
from stadtkern.site.feeds.writers import curbs
from stadtkern.systems.parking_tickets.logic import ZONE
from stadtkern.systems.parking_tickets.models import Tariff, Zone
from tests.feeds.facilities import BUILT, NOW, SPACE

SCHEMA = json.loads((Path(__file__).parent / "data" / "cds-1.0" / "curbs.json").read_text())
SQUARE = [[7.20, 51.53], [7.21, 51.53], [7.21, 51.54], [7.20, 51.54], [7.20, 51.53]]
DAY = {"name": "day", "days": ["Mo", "Tu", "We", "Th", "Fr"], "begins": "09:00", "ends": "18:00"}
NIGHT = {"name": "night", "days": ["Sa", "PH"], "begins": "20:00", "ends": "02:00",
         "steps": [{"cents": 200, "per_minutes": 120}]}  # fmt: skip
RULES = {
    "windows": [{**DAY, "steps": [{"minutes": 60, "cents": 90}, {"cents": 150}]}, NIGHT],
    "longest_minutes": 120, "return_minutes": 60,
    "vehicles": {"electric": {"per_mille": 0, "until": "2026-12-31"}},
}  # fmt: skip


def faults(kind, row):
    from jsonschema import Draft202012Validator, FormatChecker

    asked = {**SCHEMA, "$ref": f"#/$defs/{kind}"}
    return [error.message for error in Draft202012Validator(asked, format_checker=FormatChecker())
            .iter_errors(row)]  # fmt: skip


@pytest.fixture
def zone(db, clock):
    place = Place.objects.create(kind=ZONE, name="Mitte", created=BUILT,
                                 geometry={"type": "Polygon", "coordinates": [SQUARE]})  # fmt: skip
    made = Zone.objects.create(place=place, number="2001")
    Tariff.objects.create(zone=made, number=1, rules=RULES, published=BUILT,
                          during=(BUILT, NOW + timedelta(days=9)))  # fmt: skip
    return made


def rows(client, what, query=""):
    return client.get(f"/api/curbs/{what}{query}").json()["data"][what]


def test_zones_and_policies_pass_the_published_schema(client, zone):
    (row,) = rows(client, "zones")
    assert faults("curb-zone", row) == []
    assert faults("curb-zone", {**row, "geometry": None}), "it can fail"
    assert (row["user_zone_id"], row["geometry"]["coordinates"]) == ("2001", [SQUARE])
    policies = rows(client, "policies")
    assert [found for one in policies for found in faults("curb-policy", one)] == []
    assert [one["curb_policy_id"] for one in policies] == row["curb_policy_ids"]
    assert [one["priority"] for one in policies] == [1, 2, 3, 4]


def test_the_rules_say_what_the_tariff_says(client, zone):
    electric, day, _night_electric, night = rows(client, "policies")
    (rule,) = day["rules"]
    assert rule["rate"] == [
        {"rate": 90, "rate_unit": "hour", "start_duration": 0, "end_duration": 1},
        {"rate": 150, "rate_unit": "hour", "start_duration": 1, "end_duration": 2},
    ]
    assert (rule["max_stay"], rule["no_return"]) == (120, 60)
    (span,) = day["time_spans"]
    assert span == {
        "time_of_day_start": "09:00", "time_of_day_end": "18:00",
        "days_of_week": ["mon", "tue", "wed", "thu", "fri"], "designated_period": "holidays",
        "designated_period_except": True,
    }  # fmt: skip
    # Electric cars pay nothing to the end of the year, by the clock on the wall.
    assert {one["rate"] for one in electric["rules"][0]["rate"]} == {0}
    ends = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert electric["time_spans"][0]["end_date"] == ends.timestamp() * 1000
    # The night of Saturday goes on into Sunday, and holds on public holidays.
    spans = [(one.get("days_of_week"), one["time_of_day_start"], one.get("time_of_day_end"))
             for one in night["time_spans"]]  # fmt: skip
    assert spans == [(["sat"], "20:00", None), (None, "20:00", None), (["sun"], "00:00", "02:00"),
                     (None, "00:00", "02:00")]  # fmt: skip


def test_a_price_that_whole_cents_cannot_say_is_left_out():
    rule = CurbRule(uid=uuid5(SPACE, "r"), days=("Mo",), begins="09:00", until="24:00",
                    published=BUILT, rates=(Rate(cents=0, ends=30), Rate(cents=150, begins=30)))  # fmt: skip
    parts = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}
    one = CurbZone(place=SPACE, system="x", name="Z", number="1", outline=parts, rules=(rule,),
                   begins=BUILT, changed=BUILT)  # fmt: skip
    told = Curbs(zones=(one,), generated=NOW, base="", city="B", publisher="B",
                 time_zone="Europe/Berlin")  # fmt: skip
    (policy,) = curbs.policies(told)
    assert "rate" not in policy["rules"][0]
    assert "time_of_day_end" not in policy["time_spans"][0]
    first, second = curbs.zones(told)
    assert first["curb_zone_id"] != second["curb_zone_id"]
    assert faults("curb-zone", first) + faults("curb-policy", policy) == []


def test_questions_by_place_name_and_version(client, zone):
    uid = str(zone.place.public_id)
    assert len(rows(client, "zones", "?lng=7.2115&lat=51.535&radius=20000")) == 1
    assert rows(client, "zones", "?lng=7.2115&lat=51.535&radius=5000") == []
    assert rows(client, "zones", "?min_lng=8&min_lat=51&max_lng=9&max_lat=52") == []
    assert "geometry" not in rows(client, "zones", "?include_geometry=false")[0]
    assert client.get(f"/api/curbs/zones/{uid}").json()["data"]["curb_zone_id"] == uid
    (first, *_rest) = rows(client, "policies")
    assert rows(client, "policies", f"?ids={first['curb_policy_id']}") == [first]
    assert client.get(f"/api/curbs/policies/{uid}").status_code == 404
    for query, field in (("?lng=7", "lat"), ("?lng=7&lat=x&radius=1", "lat"), ("?area=1", "area")):
        answer = client.get(f"/api/curbs/zones{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert client.get("/api/curbs/areas").status_code == 501
    other = {"Accept": "application/vnd.cds+json;version=2.0"}
    assert client.get("/api/curbs/zones", headers=other).status_code == 406
    assert client.get("/api/curbs/zones")["Content-Type"] == "application/vnd.cds+json;version=1.0"
