"""Partners are told of every change: signed, in order, again where it fails, given up at last."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.bike_boxes.logic import overdue, telling
from stadtkern.systems.bike_boxes.models import Change, Notice
from stadtkern.systems.bike_boxes.settings import BikeBoxSettings
from stadtkern.systems.bike_boxes.tests.test_partners import WANTED, Portal


class Ear(BaseHTTPRequestHandler):
    """The partner's own program: remembers what it hears, and answers as it is told to."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_said):
        pass


@pytest.fixture(scope="module")
def running():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ear(running, partner, boss, monkeypatch):
    running.heard, running.status = [], 200
    near = BikeBoxSettings(partner_networks=("127.0.0.0/8",))
    monkeypatch.setattr(telling, "settings", lambda: near)
    url = f"http://127.0.0.1:{running.server_port}/hook"
    running.secret = telling.set_address(partner["partner"], url, boss)
    return running


def told(ear):
    return [json.loads(body) for _headers, body in ear.heard]


def test_a_partner_hears_of_bookings_blocks_and_releases_and_knows_only_its_own(
    client, ear, partner, station
):
    portal = Portal(client, partner)
    own = portal.post("bookings", {**WANTED, "hold": False}).json()
    other = station.rented()
    portal.post(f"bookings/{own['id']}/release")
    telling.tell(partner["partner"].pk)
    heard = told(ear)
    assert [one["number"] for one in heard] == sorted(one["number"] for one in heard)
    assert [(one["state"], one["booking"]) for one in heard if one["booking"]] == [
        ("booked", own["id"]), ("ended", own["id"])]  # fmt: skip
    assert str(other.booking.public_id) not in json.dumps(heard)
    assert heard == portal.get("changes").json()["changes"]


def test_each_message_is_signed_and_has_a_key_of_its_own(ear, partner, station):
    station.rented()
    telling.tell_all()
    for headers, body in ear.heard:
        t, _comma, given = headers["Stadtkern-Signature"].removeprefix("t=").partition(",v1=")
        wanted = hmac.new(ear.secret.encode(), t.encode() + b"." + body, hashlib.sha256)
        assert hmac.compare_digest(given, wanted.hexdigest())
    keys = {headers["Idempotency-Key"] for headers, _body in ear.heard}
    assert len(keys) == len(ear.heard) == Change.objects.count() > 0
    assert ear.secret.encode() not in bytes(partner["partner"].__class__.objects.get().secret)


def test_what_is_not_taken_comes_again_in_its_order_and_nothing_overtakes_it(
    ear, partner, station, later
):
    ear.status = 503
    station.rented()
    assert telling.tell_all() == 0
    assert len(ear.heard) == 1
    first = told(ear)[0]["number"]
    ear.status = 200
    station.rented()
    assert telling.tell_all() == 0
    later(minutes=1)
    assert telling.tell_all() == Change.objects.count()
    numbers = [one["number"] for one in told(ear)]
    assert numbers == [first, *sorted(Change.objects.values_list("pk", flat=True))]


def test_after_a_day_it_is_a_dead_letter_the_rest_goes_on_and_staff_send_it_again(
    ear, partner, station, later, client, boss
):
    ear.status = 500
    station.rented()
    count = Notice.objects.count()
    rounds = 0
    while Notice.objects.filter(state="waiting").exists() and rounds < 40 * count:
        telling.tell_all()
        later(hours=6)
        rounds += 1
    assert Notice.objects.filter(state="dead", tries=telling.MOST_TRIES).count() == count
    client.force_login(boss)
    page = reverse("bike_boxes-staff:partner", args=[partner["partner"].pk])
    assert "HTTP 500" in client.get(page, {"state": "dead"}).content.decode()
    ear.status, ear.heard = 200, []
    client.post(f"{page}do/", {"do": "again"})
    telling.tell_all()
    assert len(ear.heard) == count
    assert not Notice.objects.exclude(state="sent").exists()


def test_a_partner_without_an_address_is_told_of_nothing(client, ear, partner, station):
    station.rented()
    page = reverse("bike_boxes-staff:partner-do", args=[partner["partner"].pk])
    client.post(page, {"do": "address", "url": ""})
    assert not Notice.objects.filter(state="waiting").exists()
    station.rented()
    assert telling.tell_all() == 0
    assert ear.heard == []


def test_the_address_is_checked_and_its_secret_shown_once(client, partner, boss, station):
    page = reverse("bike_boxes-staff:partner-do", args=[partner["partner"].pk])
    refused = client.post(page, {"do": "address", "url": "http://127.0.0.1/x"})
    assert refused.status_code == 422
    made = client.post(page, {"do": "address", "url": "https://93.184.215.14/hook"})
    row = partner["partner"].__class__.objects.get()
    assert unseal(row.secret) in made.content.decode()
    again = client.get(reverse("bike_boxes-staff:partner", args=[row.pk]))
    assert unseal(row.secret) not in again.content.decode()


def test_what_was_undone_is_told_to_nobody(ear, station):
    from django.db import transaction

    def fails():
        with transaction.atomic():
            bookings.cancel(station.held(), by="x")
            station.rented()
            raise RuntimeError

    before = Notice.objects.count()
    with pytest.raises(RuntimeError):
        fails()
    assert Notice.objects.count() == before


def test_a_bicycle_that_stays_is_told_too(ear, partner, station, later):
    from stadtkern.systems.bike_boxes.models import Box

    access = station.rented()
    Box.objects.filter(pk=access.box_id).update(bike=True)
    later(hours=14)
    overdue.look_after()
    telling.tell_all()
    assert told(ear)[-1]["state"] == "overdue"
    assert Notice.objects.filter(due__gt=access.begins + timedelta(days=2)).count() == 0
