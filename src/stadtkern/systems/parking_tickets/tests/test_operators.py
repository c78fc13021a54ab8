"""What providers of apps do: report, correct, extend, shorten, stop; and what they are refused."""

import json
from datetime import UTC, timedelta

import pytest
from openapi_spec_validator import validate

from stadtkern.kernel import clock as clocks
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.systems.parking_tickets.models import Operator, Parking, Refusal, Session
from stadtkern.systems.parking_tickets.tests.conftest import NOW, booked

API = "/api/parking_tickets/operator/v1"


class App:
    """A provider's program, which speaks as programs for Parkkihubi do."""

    def __init__(self, client, operator):
        key, secret = issue_key(label=operator.name, scopes=("parking_tickets:operator",))
        operator.keys.add(key)
        self.client, self.secret, self.row = client, secret, key

    def ask(self, method, path, body=None, **headers):
        return self.client.generic(
            method, f"{API}/{path}", json.dumps(body) if body is not None else "",
            content_type="application/json", HTTP_AUTHORIZATION=f"ApiKey {self.secret}", **headers,
        )  # fmt: skip

    def starts(self, minutes=60, plate="HER-AB 123", **more):
        until = at(minutes=minutes) if minutes else None
        return self.ask("POST", "parking/", {
            "registration_number": plate, "time_start": at(), "time_end": until, "zone": "4711",
            **more,
        })  # fmt: skip


def at(**span):
    return (clocks.now() + timedelta(**span)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def app(client, town):
    return App(client, town.operator)


def test_a_parking_is_reported_as_parkkihubi_programs_do(app, town):
    answer = app.starts(location={"type": "Point", "coordinates": [7.215, 51.535]},
                        terminal_number="12", domain="CITY")  # fmt: skip
    told = answer.json()
    assert answer.status_code == 201
    assert told["registration_number"] == "HERAB123"
    assert told["status"] == "valid"
    assert (told["zone"], told["domain"], told["terminal_number"]) == ("4711", "CITY", "12")
    assert (told["time_start"], told["time_end"]) == (at(), at(minutes=60))
    assert told["location"] == {"type": "Point", "coordinates": [7.215, 51.535]}
    assert "is_disc_parking" not in told
    # An hour at 1.50 Euro.
    assert told["price"] == {"cents": 150, "currency": "EUR", "final": True}
    assert app.ask("GET", f"parking/{told['id']}").json() == told


def test_an_open_end_stays_open_and_costs_what_was_parked(app, later):
    told = app.starts(None).json()
    assert told["time_end"] is None
    assert told["price"]["final"] is False
    later(minutes=20)
    stopped = app.ask("POST", f"parking/{told['id']}/stop/", {}).json()
    assert stopped["time_end"] == at()
    assert stopped["price"] == {"cents": 50, "currency": "EUR", "final": True,
                                "difference_cents": 50}  # fmt: skip
    assert stopped["status"] == "not_valid"


def test_shortening_gives_back_what_extending_took(app, later):
    told = app.starts(60).json()
    later(minutes=10)
    path = f"parking/{told['id']}"
    longer = app.ask("POST", f"{path}/extend/", {"time_end": at(minutes=110)}).json()
    assert longer["price"]["difference_cents"] == 150
    shorter = app.ask("POST", f"{path}/shorten/", {"time_end": at(minutes=20)}).json()
    # Thirty minutes in all: 75 cents, of 300 that were booked.
    assert (shorter["price"]["cents"], shorter["price"]["difference_cents"]) == (75, -225)
    assert (
        app.ask("PATCH", f"{path}/", {"time_end": at(minutes=50)}).json()["price"]["cents"] == 150
    )
    assert booked()[("receivable", "parking:app-a")] == 150


def test_patch_moves_the_end_both_ways_and_the_method_may_stand_in_the_address(app, later):
    told = app.starts(60).json()
    later(minutes=5)
    path = f"parking/{told['id']}/?method=PATCH"
    assert app.ask("POST", path, {"time_end": at(minutes=25)}).json()["price"]["cents"] == 75
    assert app.ask("POST", path, {"time_end": at(minutes=25)}).status_code == 200
    assert app.ask("POST", path, {"time_end": at()}).json()["status"] == "not_valid"
    refused = app.ask("POST", f"parking/{told['id']}/?method=GET", {})
    assert (refused.status_code, list(refused.json())) == (400, ["method"])


def test_all_can_be_corrected_for_two_minutes_and_then_only_the_end(app, town, later):
    town.add("0815")
    told = app.starts(60).json()
    path = f"parking/{told['id']}/"
    later(seconds=90)
    fixed = app.ask("PATCH", path, {"registration_number": "HER AB 124"}).json()
    assert (fixed["id"], fixed["registration_number"]) == (told["id"], "HERAB124")
    moved = app.ask("PATCH", path, {"zone": "0815"}).json()
    assert (moved["id"], moved["zone"], moved["price"]["cents"]) == (told["id"], "0815", 150)
    assert Session.objects.exclude(state="cancelled").count() == 1
    later(seconds=60)
    late = app.ask("PATCH", path, {"zone": "4711"})
    assert (late.status_code, late.json()["code"]) == (403, "grace_period_over")
    assert app.ask("PUT", path, {}).status_code == 403
    assert app.ask("DELETE", path).status_code == 403
    assert app.ask("PATCH", path, {"time_end": at(minutes=90)}).status_code == 200


def test_put_replaces_and_delete_takes_back(app):
    told = app.starts(60, terminal_number="7").json()
    path = f"parking/{told['id']}/"
    whole = {"registration_number": "HER-AB 123", "time_start": told["time_start"],
             "time_end": at(minutes=30), "zone": 4711}  # fmt: skip
    replaced = app.ask("PUT", path, whole).json()
    assert (replaced["terminal_number"], replaced["time_end"]) == ("", at(minutes=30))
    assert app.ask("DELETE", path).status_code == 204
    assert app.ask("GET", path).status_code == 404
    assert Session.objects.get().cents == 0
    again = app.starts(60)
    assert (again.status_code, again.json()["id"] != told["id"]) == (201, True)


def test_a_disc_needs_a_position_and_no_zone(app):
    said = {"registration_number": "HER-D 1", "time_start": at(), "is_disc_parking": True}
    refused = app.ask("POST", "parking/", said)
    assert (refused.status_code, list(refused.json())) == (400, ["location"])
    spot = {"type": "Point", "coordinates": [7.215, 51.535]}
    told = app.ask("POST", "parking/", {**said, "location": spot}).json()
    assert told["is_disc_parking"] is True
    assert (told["zone"], told["time_end"], told["price"]["cents"]) == (None, None, 0)
    ended = app.ask("PATCH", f"parking/{told['id']}/", {"time_end": at(minutes=60)}).json()
    assert ended["time_end"] == at(minutes=60)


WRONG = [
    ({"registration_number": ""}, "registration_number"),
    ({"registration_number": "X" * 30}, "registration_number"),
    ({"registration_number": 17}, "registration_number"),
    ({"time_start": "tomorrow"}, "time_start"),
    ({"time_start": "2026-11-23T10:30:00"}, "time_start"),
    ({"time_start": "2026-11-23T09:00:00Z"}, "time_start"),
    ({"time_start": "2026-12-23T09:00:00Z"}, "time_start"),
    ({"time_end": "2026-11-23T09:00:00Z"}, "time_end"),
    ({"time_end": "2026-11-23T16:59:00Z"}, "time_end"),
    ({"zone": "9"}, "zone"),
    ({"zone": None}, "zone"),
    ({"zone": {"a": 1}}, "zone"),
    ({"domain": "HKI"}, "domain"),
    ({"location": {"type": "Point", "coordinates": [200, 1]}}, "location"),
    ({"terminal_number": "a\u0000b"}, "terminal_number"),
    ({"is_disc_parking": "yes"}, "is_disc_parking"),
    ({"vehicle": "tank"}, "vehicle"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_is_wrong_is_named_with_its_field_and_kept_for_staff(app, town, change, field):
    answer = app.starts(**({"plate": "HER-AB 123"} | change))
    assert answer.status_code == 400, answer.content
    assert list(answer.json()) == [field]
    assert len(answer.json()[field][0]) > 10
    kept = Refusal.objects.get()
    assert (kept.operator, kept.field, kept.status) == (town.operator, field, 400)
    assert not Session.objects.exists()


def test_bodies_that_are_no_objects_are_refused(app):
    for text in ("[1]", "{", '"x"', "\xff", "[" * 100_000):
        answer = app.client.post(f"{API}/parking/", text, content_type="application/json",
                                 HTTP_AUTHORIZATION=f"ApiKey {app.secret}")  # fmt: skip
        assert (answer.status_code, list(answer.json())) == (400, ["non_field_errors"])
    huge = app.client.post(f"{API}/parking/", "x" * 600_000, content_type="application/json",
                           HTTP_AUTHORIZATION=f"ApiKey {app.secret}")  # fmt: skip
    assert huge.status_code == 413


def test_the_same_request_is_the_same_parking_with_and_without_a_key(app):
    first, again = app.starts(), app.starts()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    said = {"registration_number": "HER-K 1", "time_start": at(), "zone": "4711"}
    keyed = [app.ask("POST", "parking/", said, HTTP_IDEMPOTENCY_KEY="a-1") for _ in range(2)]
    assert keyed[0].json() == keyed[1].json()
    other = app.ask("POST", "parking/", {**said, "registration_number": "HER-K 2"},
                    HTTP_IDEMPOTENCY_KEY="a-1")  # fmt: skip
    assert (other.status_code, list(other.json())) == (409, ["Idempotency-Key"])
    assert Session.objects.count() == 2


def test_a_second_right_for_the_same_time_is_refused_whoever_sells_it(app, client):
    assert app.starts(60).status_code == 201
    other = App(client, Operator.objects.create(slug="app-b", name="App B"))
    refused = other.starts(30, "her ab-123")
    assert (refused.status_code, list(refused.json())) == (409, ["registration_number"])
    assert Parking.objects.count() == 1


def test_providers_see_only_what_is_theirs(app, client):
    told = app.starts().json()
    other = App(client, Operator.objects.create(slug="app-b", name="App B"))
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "stop/")):
        answer = other.ask(method, f"parking/{told['id']}/{path}", {} if method != "GET" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_keys_are_asked_for_revoked_and_can_be_too_eager(app, client, town, monkeypatch):
    assert client.get(f"{API}/payment_zone/").status_code == 401
    assert app.ask("GET", "payment_zone/").json()["results"] == [
        {"domain": "CITY", "code": "4711", "name": "Zone 4711"}
    ]
    _row, machine = issue_key(label="m", scopes=("parking_tickets:machine",))
    other = client.get(f"{API}/payment_zone/", HTTP_AUTHORIZATION=f"ApiKey {machine}")
    assert other.status_code == 403
    from stadtkern.systems.parking_tickets.api import door
    from stadtkern.systems.parking_tickets.settings import ParkingTicketsSettings

    few = ParkingTicketsSettings(operator_requests_per_minute=2)
    monkeypatch.setattr(door, "settings", lambda: few)
    monkeypatch.setattr(door, "_asked", door.Buckets(name="requests"))
    answers = [app.ask("GET", "payment_zone/") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    monkeypatch.undo()
    Operator.objects.update(active=False)
    assert app.ask("GET", "payment_zone/").status_code == 403
    ApiKey.objects.filter(pk=app.row.pk).update(revoked=NOW)
    assert app.ask("GET", "payment_zone/").status_code == 401


def test_a_quote_costs_nothing_and_says_all(app):
    told = app.ask("POST", "quote/", {"zone": "4711", "time_start": at(),
                                      "time_end": at(minutes=40)}).json()  # fmt: skip
    assert (told["cents"], told["final"]) == (100, True)
    assert sum(one["milli_cents"] for one in told["lines"]) == 100_000
    assert told["latest_time_end"] == at(minutes=180)
    assert app.ask("POST", "quote/", {"zone": "1"}).status_code == 400
    assert not Session.objects.exists()


def test_an_e_plate_is_sold_as_electric(app):
    app.starts(plate="HER-NE 1E")
    assert Session.objects.get().vehicle == "electric"


def test_the_description_is_valid_and_names_every_address(client, db):
    told = client.get("/api/parking_tickets/openapi.json").json()
    validate(told)
    from stadtkern.systems.parking_tickets.api import urlpatterns

    named = {p.name for p in urlpatterns if p.name and "v1" in str(p.pattern)}
    described = {o["operationId"] for path in told["paths"].values()
                 for o in path.values() if isinstance(o, dict)}  # fmt: skip
    assert {name.replace("-", "_") for name in named} <= described


def test_times_are_told_in_utc_whatever_was_sent(app):
    told = app.starts(time_start="2026-11-23T10:30:00+01:00").json()
    assert told["time_start"] == "2026-11-23T09:30:00Z"
