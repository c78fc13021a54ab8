"""What outside programs do: sell boxes, follow changes, read what is free in known shapes."""

import json
from datetime import timedelta

import pytest
from openapi_spec_validator import validate

from stadtkern.systems.bike_boxes.logic import availability
from stadtkern.systems.bike_boxes.models import Access
from stadtkern.systems.bike_boxes.tests.conftest import NOW

API = "/api/bike_boxes"


class Portal:
    """A partner's program."""

    def __init__(self, client, partner):
        self.client, self.key, self.number = client, partner["HTTP_AUTHORIZATION"], 0

    def get(self, path):
        return self.client.get(f"{API}/{path}", HTTP_AUTHORIZATION=self.key)

    def post(self, path, body=None, key=""):
        self.number += 1
        return self.client.post(
            f"{API}/{path}", json.dumps(body or {}), content_type="application/json",
            HTTP_AUTHORIZATION=self.key, HTTP_IDEMPOTENCY_KEY=key or f"request-{self.number}",
        )  # fmt: skip


@pytest.fixture
def portal(client, partner, station):
    return Portal(client, partner)


WANTED = {"facility": "zob", "product": "day", "first": "2026-11-23"}


def test_a_partner_holds_confirms_and_hands_on_the_pin(portal):
    held = portal.post("bookings", WANTED)
    assert (held.status_code, held.json()["state"], held.json()["pin"]) == (201, "held", None)
    told = portal.post(f"bookings/{held.json()['id']}/confirm").json()
    assert told["state"] == "booked"
    assert len(told["pin"]) == 6
    assert portal.post(f"bookings/{held.json()['id']}/confirm").json()["pin"] == told["pin"]
    assert portal.get(f"bookings/{held.json()['id']}/").json()["box"] == told["box"]


def test_the_same_request_is_the_same_booking(portal):
    first = portal.post("bookings", {**WANTED, "hold": False}, key="once-only")
    again = portal.post("bookings", {**WANTED, "hold": False}, key="once-only")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Access.objects.count() == 1


def test_no_box_is_sold_twice_and_a_released_one_can_be_sold_again(portal, station):
    made = [portal.post("bookings", {**WANTED, "hold": False}).json() for _ in range(2)]
    assert availability.now_free()[0].free == 0
    refused = portal.post("bookings", WANTED)
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert portal.post(f"bookings/{made[0]['id']}/release").json()["pin"] is None
    assert station.rented().box.number == made[0]["box"]


def test_a_block_keeps_a_box_from_everybody(portal):
    span = {"facility": "zob", "box": 1, "begins": (NOW + timedelta(hours=1)).isoformat(),
            "ends": (NOW + timedelta(days=2)).isoformat()}  # fmt: skip
    made = portal.post("blocks", span)
    assert made.status_code == 201
    assert portal.post("blocks", span).status_code == 409
    assert [b["box"] for b in portal.get("availability?product=week").json()["facilities"][0][
        "boxes"]] == [2]  # fmt: skip
    assert portal.post(f"bookings/{made.json()['id']}/release").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"facility": "nowhere"}, 404, "facility"),
        ({"product": "hour"}, 404, "product"),
        ({"first": "tomorrow"}, 400, "first"),
        ({"box": 77}, 404, "box"),
        ({"colour": "red"}, 400, "body"),
        ({"first": "2026-11-01"}, 409, "booking"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(portal, change, status, field):
    answer = portal.post("bookings", {**WANTED, **change})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field


def test_partners_see_only_what_is_theirs(portal, station):
    theirs = station.rented()
    assert portal.get(f"bookings/{theirs.booking.public_id}").status_code == 404
    changes = portal.get("changes").json()
    assert changes["changes"][-1]["state"] == "booked"
    assert changes["changes"][-1]["booking"] is None
    assert str(theirs.booking.public_id) not in json.dumps(changes)
    own = portal.post("bookings", {**WANTED, "hold": False}).json()
    fresh = portal.get(f"changes?after={changes['last']}").json()["changes"]
    assert fresh[-1]["booking"] == own["id"]


def test_keys_are_asked_for_and_can_be_too_eager(client, station, partner, portal, monkeypatch):
    assert client.get(f"{API}/availability").status_code == 401
    from stadtkern.systems.bike_boxes.api import partner as door
    from stadtkern.systems.bike_boxes.settings import BikeBoxSettings

    monkeypatch.setattr(door, "settings", lambda: BikeBoxSettings(partner_requests_per_minute=2))
    answers = [portal.get("availability") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    partner["partner"].active = False
    partner["partner"].save()
    assert portal.get("availability").status_code == 403


def test_the_description_is_valid_and_names_every_address(client, station):
    told = client.get(f"{API}/openapi.json").json()
    validate(told)
    from stadtkern.systems.bike_boxes.api import urlpatterns

    named = {p.name for p in urlpatterns}
    described = {o["operationId"] for path in told["paths"].values() for o in path.values()}
    assert described == named


def test_the_kienzler_list_has_exactly_its_fields(client, station):
    station.rented()
    (row,) = client.get(f"{API}/kienzler").json()
    assert row == {"id": "u-zob", "name": "Boxen zob", "lat": 51.5, "long": 7.2, "bookable": 1,
                   "sum_boxes": 2}  # fmt: skip
    asked = {"user": "u", "password": "p", "action": "capacity", "context": "unit", "ids": ["x"]}
    posted = client.post(f"{API}/kienzler/index.php?eID=JSONAPI", json.dumps(asked),
                         content_type="application/json")  # fmt: skip
    assert posted.json() == []


def test_parkapi_sites_have_what_the_standard_needs(client, station):
    (site,) = client.get(f"{API}/parkapi/v3/parking-sites").json()["items"]
    needed = {"uid", "name", "purpose", "type", "lat", "lon", "capacity", "has_realtime_data",
              "static_data_updated_at", "realtime_data_updated_at", "realtime_free_capacity",
              "realtime_capacity", "realtime_opening_status"}  # fmt: skip
    assert needed <= set(site)
    assert (site["purpose"], site["type"]) == ("BIKE", "LOCKERS")
    assert 0 <= site["realtime_free_capacity"] <= site["capacity"]
    (lot,) = client.get(f"{API}/parkapi/v1.json").json()["lots"]
    assert {"id", "name", "coords", "lot_type", "state", "total", "free", "notes"} <= set(lot)
    assert lot["coords"] == {"lat": 51.5, "lng": 7.2}


def test_places_are_open_to_maps_of_others(client, station):
    answer = client.get(f"{API}/facilities.geojson")
    assert answer["Access-Control-Allow-Origin"] == "*"
    (feature,) = answer.json()["features"]
    assert feature["properties"]["parking"] == {"available": 2, "online": 2, "total": 2}
    assert "BIKE" in feature["properties"]["tags"]
    assert client.get(f"{API}/facilities/").json()["products"][0]["cents"] == 100
    assert client.put(f"{API}/facilities/").status_code == 405
