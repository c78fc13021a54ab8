"""OCPI 2.2.1 as a roaming partner meets it: register, read in pages, bills that add up."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import msgspec
import pytest

from stadtkern.kernel import clock, registry
from stadtkern.systems.charging.logic import bills, live, partners, price, prices
from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.models import OcpiPartner, Tariff, Transaction
from tests.feeds.charging_town import build, charged, header, partner

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-outside-ocpi" / "bin" / "python"
BASE = "/api/ocpi/2.2.1"


@pytest.fixture
def town(db):
    return build()


@pytest.fixture
def ask(db, client):
    auth = partner()

    def get(path, **query):
        return client.get(f"{BASE}/{path}", query, **auth)

    return get


def test_without_a_token_nothing_is_told(client, db):
    for auth in ({}, header("nobody"), {"HTTP_AUTHORIZATION": "Bearer x"}):
        answer = client.get("/api/ocpi/versions", **auth)
        assert answer.status_code == 401
        assert answer.json()["status_code"] == 2000
        assert answer["WWW-Authenticate"] == "Token"


def test_versions_lead_to_the_modules(client, db):
    auth = partner()
    (version,) = client.get("/api/ocpi/versions", **auth).json()["data"]
    assert version["version"] == "2.2.1"
    told = client.get(version["url"].removeprefix("http://testserver"), **auth).json()
    assert told["status_code"] == 1000
    modules = {one["identifier"]: one for one in told["data"]["endpoints"]}
    assert set(modules) == {"credentials", "locations", "tariffs", "sessions", "cdrs"}
    for name in ("locations", "tariffs"):
        assert (
            client.get(modules[name]["url"].removeprefix("http://testserver"), **auth).status_code
            == 200
        )


def test_a_token_is_read_in_base64_and_plain(client, town):
    _made, token = partners.invite("Alt")
    OcpiPartner.objects.update(state="registered")
    assert client.get(f"{BASE}/locations", **header(token)).status_code == 200
    plain = {"HTTP_AUTHORIZATION": f"Token {token}"}
    assert client.get(f"{BASE}/locations", **plain).status_code == 200


def test_a_location_has_what_the_standard_requires_and_nothing_invented(town, ask):
    (told,) = ask("locations").json()["data"]
    required = (
        "country_code",
        "party_id",
        "id",
        "publish",
        "address",
        "city",
        "country",
        "coordinates",
        "time_zone",
        "last_updated",
    )
    assert all(told.get(name) not in (None, "") for name in required)
    assert (told["party_id"], told["country"]) == ("XXX", "DEU")
    assert told["coordinates"] == {"latitude": "51.540000", "longitude": "7.220000"}
    assert told["opening_times"] == {"twentyfourseven": True}
    assert told["energy_mix"] == {"is_green_energy": True}
    evse = told["evses"][0]
    assert evse["status"] == "AVAILABLE"
    assert "evse_id" not in evse
    assert evse["connectors"][0]["max_electric_power"] == 22_000
    assert evse["connectors"][0]["tariff_ids"] == ["t"]
    assert told["last_updated"].endswith("Z")


def test_parts_of_a_location_can_be_asked_for(town, ask):
    assert ask("locations/am-test").json()["data"]["id"] == "am-test"
    assert ask("locations/am-test/am-test-2").json()["data"]["uid"] == "am-test-2"
    plug = ask("locations/am-test/am-test-2/1").json()["data"]
    assert plug["standard"] == "IEC_62196_T2_COMBO"
    for path in ("locations/none", "locations/am-test/none", "locations/am-test/am-test-2/9"):
        answer = ask(path)
        assert (answer.status_code, answer.json()["status_code"]) == (404, 2003)


def test_lists_come_in_pages_with_the_next_address(db, client, ask):
    for number in range(3):
        build(f"ort-{number}")
    answer = ask("locations", limit=2)
    assert (answer["X-Total-Count"], answer["X-Limit"]) == ("3", "100")
    assert len(answer.json()["data"]) == 2
    address = answer["Link"].split(">")[0].lstrip("<")
    assert answer["Link"].endswith('rel="next"')
    last = client.get(address.removeprefix("http://testserver"), **partner("Zwei"))
    assert [one["id"] for one in last.json()["data"]] == ["ort-2"]
    assert "Link" not in last


def test_only_what_changed_since_is_told(town, ask):
    now = clock.now()
    later = (now + timedelta(minutes=1)).isoformat()
    assert ask("locations", date_from=later).json()["data"] == []
    assert len(ask("locations", date_from=(now - timedelta(hours=1)).isoformat()).json()["data"])
    assert ask("locations", date_to=(now - timedelta(hours=1)).isoformat()).json()["data"] == []


@pytest.mark.parametrize("query", [{"offset": "x"}, {"limit": "-1"}, {"date_from": "gestern"}])
def test_a_wrong_query_says_which_field(query, town, ask):
    answer = ask("locations", **query)
    assert (answer.status_code, answer.json()["status_code"]) == (400, 2001)
    assert next(iter(query)) in answer.json()["status_message"]


def test_a_change_of_status_moves_the_time_of_the_change(town, ask):
    before = ask("locations/am-test").json()["data"]["last_updated"]
    live.tell(town.evses.get(number=1).pk, "CHARGING", clock.now())
    told = ask("locations/am-test").json()["data"]
    assert told["last_updated"] > before
    assert told["evses"][0]["status"] == "CHARGING"


def test_a_bill_is_the_sum_of_its_periods(town, ask):
    made = charged(town)
    (told,) = ask("cdrs").json()["data"]
    parts = [part for one in told["charging_periods"] for part in one["dimensions"]]

    def total(*kinds):
        return sum(part["volume"] for part in parts if part["type"] in kinds)

    assert total("ENERGY") == pytest.approx(told["total_energy"], abs=1e-6)
    assert told["total_energy"] == pytest.approx(10.0, abs=2e-3)
    assert total("TIME", "PARKING_TIME") == pytest.approx(told["total_time"], abs=1e-6)
    assert told["total_time"] == pytest.approx(1.5, abs=1e-3)
    assert told["total_parking_time"] == pytest.approx(0.5, abs=1e-3)
    assert told["total_cost"]["excl_vat"] == made.net_cents / 100
    # 10 kWh at 0.437 and half an hour of standing at 2.521 an hour.
    assert told["total_cost"]["excl_vat"] == pytest.approx(4.37 + 1.2605, abs=0.006)
    costs = told["total_energy_cost"]["excl_vat"] + told["total_parking_cost"]["excl_vat"]
    assert costs == pytest.approx(told["total_cost"]["excl_vat"], abs=0.006)


def test_a_bill_that_was_wrong_is_taken_back_and_told_anew(town, ask):
    """10.1.1: what was read stays as it was; a credit takes it back, and a new one follows."""
    made = charged(town)
    (first,) = ask("cdrs").json()["data"]
    Transaction.objects.filter(pk=made.pk).update(meter_stop_wh=6000, changed=clock.now())
    bills.issue_due(timedelta(0))
    same, credit, new = ask("cdrs").json()["data"]
    assert same == first
    assert (credit["id"], credit["credit"]) == (f"{first['id']}-C", True)
    assert credit["credit_reference_id"] == first["id"]
    assert credit["total_cost"]["incl_vat"] == -first["total_cost"]["incl_vat"]
    assert credit["total_energy"] == first["total_energy"], "only the total is negative"
    assert (new["total_energy"], "credit" in new) == (5.0, False)
    assert len({one["id"] for one in (same, credit, new)}) == 3
    assert max(len(one["id"]) for one in (same, credit, new)) <= 39


def test_sessions_need_a_date_and_name_nobody(town, ask):
    charged(town)
    assert ask("sessions").json()["status_code"] == 2002
    (told,) = ask("sessions", date_from="2020-01-01T00:00:00Z").json()["data"]
    assert (told["status"], told["kwh"]) == ("COMPLETED", 10.0)
    assert told["cdr_token"]["uid"] != "card"
    assert len(told["cdr_token"]["uid"]) == 32


EXAMPLE = json.loads((Path(__file__).parent / "data/ocpi-2.2.1/tariff_4_complex.json").read_text())


def test_a_tariff_of_the_standard_goes_out_as_it_came_in(town, ask):
    """The complex example: power, days and times of day are restrictions like any other."""
    Tariff.objects.update(elements=EXAMPLE["elements"], vat_per_mille=200)
    (told,) = ask("tariffs").json()["data"]
    assert told["elements"] == EXAMPLE["elements"]
    words = prices.lines(Tariff.objects.get())
    assert len(words) == 6
    assert "2,875" in words[0], "with 15 per cent of tax"
    assert "32 kW" in words[1]


@pytest.mark.parametrize(("begins", "stretches", "net", "gross"), [
    # A Monday from 9:30, 165 minutes below 32 kW: 2.50 + 2.75; with 15 and 20 per cent 2.875 + 3.30.
    (datetime(2026, 11, 23, 8, 30, tzinfo=UTC), [(165, 22_000, False)], 525, 618),
    # A Saturday from 13:30, two hours at 43 kW, then two hours of standing: from 17:00 on it is free.
    (datetime(2026, 11, 28, 12, 30, tzinfo=UTC), [(120, 86_000, False), (120, 0, True)], 1400, 1578),
])  # fmt: skip
def test_the_standard_s_complex_tariff_is_reckoned_by_hand(begins, stretches, net, gross):
    spent, at = [], begins
    for minutes, wh, parks in stretches:
        ends = at + timedelta(minutes=minutes)
        spent.append(Period(begins=at, ends=ends, wh=wh, parks=parks))
        at = ends
    zone = ZoneInfo("Europe/Berlin")
    found = price.bill(EXAMPLE["elements"], spent, vat_per_mille=190, zone=zone)
    assert (found.net_cents, found.gross_cents) == (net, gross)


def test_two_partners_cannot_lay_their_cards_side_by_side(town, client):
    charged(town)
    uids = [
        client.get(f"{BASE}/cdrs", **partner(name)).json()["data"][0]["cdr_token"]["uid"]
        for name in ("Eins", "Zwei")
    ]
    assert uids[0] != uids[1]


def test_any_number_of_bills_is_read_with_the_same_queries(
    town, client, django_assert_max_num_queries
):
    auth = partner()
    for _n in range(3):
        charged(town)
    with django_assert_max_num_queries(8):
        assert len(client.get(f"{BASE}/cdrs", **auth).json()["data"]) == 3


def test_what_has_no_price_is_no_bill(town, ask):
    charged(town, priced=False)
    assert ask("cdrs").json()["data"] == []
    assert Transaction.objects.count() == 1


def test_another_models_of_ocpi_read_what_we_write(town, ask, client):
    if not PYTHON.exists():
        assert not os.environ.get("CI"), "sh scripts/outside makes the environment"
        pytest.skip("sh scripts/outside makes the environment of the outside programs")
    charged(town)
    build("mit-zeiten", hours="Mo-Sa 06:00-22:00")
    whole = {name: ask(name, date_from="2020-01-01T00:00:00Z").json()["data"]
             for name in ("locations", "tariffs", "sessions", "cdrs")}  # fmt: skip
    for one in whole["locations"]:
        # That model takes what is optional in EnergyMix (8.4.17) for required, and a list for one.
        one.pop("energy_mix")
    whole["credentials"] = [ask("credentials").json()["data"]]
    done = subprocess.run(
        [PYTHON, Path(__file__).parent / "outside_ocpi.py"],
        input=json.dumps(whole).encode(),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["errors"] == []
    assert told["read"] == {
        "locations": 2,
        "tariffs": 1,
        "sessions": 1,
        "cdrs": 1,
        "credentials": 1,
    }


class Roaming(BaseHTTPRequestHandler):
    """A partner's own versions and details; it wants its token."""

    versions: object = None

    def do_GET(self):
        own = f"http://127.0.0.1:{self.server.server_address[1]}"
        told = {
            "/versions": self.server.versions or [{"version": "2.2.1", "url": f"{own}/d"}],
            "/d": {
                "version": "2.2.1",
                "endpoints": [{"identifier": "credentials", "role": "RECEIVER", "url": f"{own}/c"}],
            },
        }
        self.server.asked.append(self.headers["Authorization"])
        body = json.dumps({"status_code": 1000, "data": told[self.path]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def roaming(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Roaming)
    server.versions, server.asked = None, []
    Thread(target=server.serve_forever, daemon=True).start()
    chosen = msgspec.structs.replace(
        registry.settings_of("charging"), private_networks=("127.0.0.0/8",)
    )
    monkeypatch.setattr("stadtkern.systems.charging.roaming.settings", lambda: chosen)
    yield server
    server.shutdown()
    server.server_close()


def registration(server):
    url = f"http://127.0.0.1:{server.server_address[1]}/versions"
    role = {
        "role": "EMSP",
        "party_id": "FST",
        "country_code": "DE",
        "business_details": {"name": "Fahrstrom"},
    }
    return {"token": "their-token-b", "url": url, "roles": [role]}


def post(client, told, token, method="post"):
    return getattr(client, method)(
        f"{BASE}/credentials", json.dumps(told), content_type="application/json", **header(token)
    )


def test_the_handshake_exchanges_tokens_once(client, town, roaming):
    made, first = partners.invite("Fahrstrom")
    assert client.get(f"{BASE}/locations", **header(first)).status_code == 401, "register first"
    told = post(client, registration(roaming), first).json()
    assert told["status_code"] == 1000
    second = told["data"]["token"]
    assert second != first
    assert told["data"]["roles"][0]["role"] == "CPO"
    made.refresh_from_db()
    assert (made.state, made.party_id) == ("registered", "FST")
    assert b"their-token-b" not in bytes(made.sealed)
    assert roaming.asked[0] == header("their-token-b")["HTTP_AUTHORIZATION"]
    assert client.get("/api/ocpi/versions", **header(first)).status_code == 401, "A is gone"
    assert client.get(f"{BASE}/locations", **header(second)).status_code == 200
    assert post(client, registration(roaming), second).status_code == 405
    third = post(client, registration(roaming), second, "put").json()["data"]["token"]
    assert client.get(f"{BASE}/locations", **header(second)).status_code == 401
    assert client.delete(f"{BASE}/credentials", **header(third)).json()["status_code"] == 1000
    assert client.get(f"{BASE}/locations", **header(third)).status_code == 401


def test_a_partner_without_our_version_keeps_its_first_token(client, db, roaming):
    made, first = partners.invite("Alt")
    roaming.versions = [{"version": "2.1.1", "url": "http://x"}]
    assert post(client, registration(roaming), first).json()["status_code"] == 3002
    made.refresh_from_db()
    assert made.state == "invited"
    assert client.get("/api/ocpi/versions", **header(first)).status_code == 200


def test_a_partner_cannot_send_us_into_our_own_network(client, db):
    _made, first = partners.invite("Frech")
    role = {"role": "EMSP", "party_id": "FST", "country_code": "DE"}
    told = {"token": "b", "url": "http://127.0.0.1:1/versions", "roles": [role]}
    assert post(client, told, first).json()["status_code"] == 3001


@pytest.mark.parametrize("missing", ["token", "url", "roles"])
def test_credentials_that_lack_something_are_refused(missing, client, db):
    _made, first = partners.invite("Kurz")
    told = {"token": "b", "url": "http://x", "roles": [{"role": "EMSP"}]}
    answer = post(client, {k: v for k, v in told.items() if k != missing}, first)
    assert (answer.status_code, answer.json()["status_code"]) == (400, 2001)
    assert missing in answer.json()["status_message"]


def test_a_system_that_is_off_has_no_ocpi(client, town, switched_off):
    auth = partner()
    switched_off("charging")
    assert client.get("/api/ocpi/versions", **auth).status_code == 404
