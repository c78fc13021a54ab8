"""Who hears of an alert, when, how often, and over which wire."""

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.core import mail

from stadtkern.kernel import outward, registry
from stadtkern.kernel.alerts import guard, notify, send, webhook_call
from stadtkern.kernel.alerts.models import Alert, Delivery, Webhook
from stadtkern.kernel.people.models import Role
from stadtkern.kernel.sealing import seal

from .conftest import START

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
SECRET = "ein gemeinsames Geheimnis"


class Receiver(BaseHTTPRequestHandler):
    """Another program that takes messages."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said):
        pass


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def loopback_allowed(monkeypatch):
    city = registry.city()
    alerts = msgspec.structs.replace(city.alerts, private_networks=("127.0.0.0/8",))
    monkeypatch.setattr(registry, "city", lambda: msgspec.structs.replace(city, alerts=alerts))


@pytest.fixture
def hook(receiver):
    return Webhook.objects.create(
        title="Leitstelle", url=f"http://127.0.0.1:{receiver.server_port}/alarm?x=1",
        secret=seal(SECRET),
    )  # fmt: skip


@pytest.fixture
def drifting(town):
    return town.device(clock_offset=900.0, thing=town.thing())


def test_people_hear_of_an_alert_in_their_own_language_with_all_that_explains_it(
    drifting, rule, look, people
):
    people.reader.language = "en"
    people.reader.save()
    watching = rule("clock", "device", title="Uhr")
    watching.people.add(people.reader)
    watching.roles.add(Role.objects.get(slug="data"))
    look()
    assert send.run() == "2 messages sent, 0 failed"
    said = {one.to[0]: one for one in mail.outbox}
    german, english = said["data@stadt.example"], said["reader@stadt.example"]
    assert "Gerät 1" in german.subject
    assert "Schweregrad: Warnung" in german.body
    assert "Severity: warning" in english.body
    assert "900 seconds behind" in english.body
    assert "Rathaus" in german.body
    assert f"/staff/alerts/{Alert.objects.get().pk}/" in german.body


def test_a_message_is_made_and_sent_once_however_often_the_jobs_run(drifting, rule, look, time):
    rule("clock", "device", addresses=["a@b.example", "A@b.example"])
    look()
    Alert.objects.update(told=None)
    notify.make()
    send.run()
    send.run()
    assert len(mail.outbox) == 1


def test_who_died_while_sending_has_it_sent_again_after_a_while(drifting, rule, look, time):
    rule("clock", "device", addresses=["a@b.example"])
    look()
    assert len(send._claim()) == 1
    assert send.run() == "0 messages sent, 0 failed"
    time.on(minutes=6)
    assert send.run() == "1 messages sent, 0 failed"


def test_the_end_is_told_to_those_who_heard_of_the_beginning(drifting, rule, look):
    rule("clock", "device", addresses=["a@b.example"])
    look()
    drifting.clock_offset = 0.0
    drifting.save()
    look(minutes=15)
    assert [d.event for d in Delivery.objects.order_by("pk")] == ["raised", "resolved"]


def test_what_nobody_takes_on_goes_to_the_next(drifting, rule, look, people):
    watching = rule("clock", "device", escalate_after=timedelta(minutes=30),
                    escalate_addresses=["chef@stadt.example"])  # fmt: skip
    look()
    look(minutes=29)
    assert not Delivery.objects.exists()
    look(minutes=2)
    look(minutes=2)
    (message,) = Delivery.objects.all()
    assert (message.event, message.address) == ("escalated", "chef@stadt.example")
    assert watching.alerts.get().escalated is not None


def test_what_somebody_took_on_goes_to_nobody_else(drifting, rule, look, people, time):
    rule("clock", "device", escalate_after=timedelta(minutes=30),
         escalate_addresses=["chef@stadt.example"])  # fmt: skip
    (alert,) = look()
    alert.acknowledged, alert.acknowledged_by = time.at, people.data
    alert.save()
    look(minutes=60)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-03-02 23:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", "2026-03-03 07:00"),
        ("2026-03-03 21:59", "2026-03-03 21:59"),
        # The night in which the hour from two to three is missing.
        ("2026-03-28 22:30", "2026-03-29 07:00"),
        ("2026-10-25 02:30", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_end_by_the_citys_clock(at, leaves):
    given, expected = (datetime.fromisoformat(x).replace(tzinfo=BERLIN) for x in (at, leaves))
    assert notify.after_quiet(given.astimezone(UTC), time(22), time(7), BERLIN) == expected


def test_a_critical_alert_waits_for_no_morning_and_others_do(town, rule, look):
    town.device(clock_offset=900.0)
    night = {"quiet_from": time(8), "quiet_to": time(18), "addresses": ["a@b.example"]}
    rule("clock", "device", severity="critical", **night)
    rule("clock", "device", **night)
    look()
    assert send.run() == "1 messages sent, 0 failed"
    waiting = Delivery.objects.get(state="waiting")
    assert waiting.due == datetime(2026, 3, 2, 18, tzinfo=BERLIN)


def test_gathered_messages_leave_as_one_mail(town, rule, look, time):
    for number in (1, 2, 3):
        town.device(number, clock_offset=900.0)
    rule("clock", "device", digest="daily", addresses=["a@b.example"])
    look()
    assert send.run() == "0 messages sent, 0 failed"
    time.at = datetime(2026, 3, 3, 6, 1, tzinfo=UTC)
    send.run()
    (letter,) = mail.outbox
    assert all(f"Gerät {n}" in letter.body for n in (1, 2, 3))


def test_a_webhook_gets_what_the_reference_promises_and_can_check_it(
    drifting, rule, look, receiver, hook, loopback_allowed
):
    rule("clock", "device", title="Uhr").webhooks.add(hook)
    look()
    assert send.run() == "1 messages sent, 0 failed"
    ((headers, body),) = receiver.got
    stamp, _, digest = headers["Stadtkern-Signature"].removeprefix("t=").partition(",v1=")
    wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert digest == wanted
    assert int(stamp) == int((START + timedelta(minutes=1)).timestamp())
    said = json.loads(body)
    assert said["event"] == "raised"
    assert said["key"] == headers["Idempotency-Key"] == Delivery.objects.get().key
    assert said["alert"]["device"] == drifting.dev_eui
    assert said["alert"]["place"] == {"name": "Rathaus", "lon": 7.22, "lat": 51.54}
    assert said["rule"]["kind"] == "clock"
    assert said["incident"] is None


def test_a_webhook_that_fails_is_tried_again_later_and_given_up_in_sight(
    drifting, rule, look, receiver, hook, loopback_allowed, time
):
    receiver.answers = [500, 302, 200]
    rule("clock", "device").webhooks.add(hook)
    look()
    assert send.run() == "0 messages sent, 1 failed"
    assert send.run() == "0 messages sent, 0 failed"
    time.on(minutes=1)
    assert send.run() == "0 messages sent, 1 failed"  # a redirect is not followed
    assert Delivery.objects.get().problem == "HTTP 302"
    time.on(minutes=1)
    assert send.run() == "0 messages sent, 0 failed"
    time.on(minutes=1)
    assert send.run() == "1 messages sent, 0 failed"
    assert len(receiver.got) == 3


def test_after_about_a_day_a_message_is_given_up(drifting, rule, look, hook, time):
    rule("clock", "device").webhooks.add(hook)  # loopback is refused
    look()
    begun = time.at
    for _ in range(send.MOST_TRIES):
        time.at = max(time.at, Delivery.objects.get().due)
        send.run()
    message = Delivery.objects.get()
    assert message.state == "failed"
    assert "127.0.0.1" in message.problem
    assert timedelta(hours=20) < time.at - begun < timedelta(hours=48)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.1.2.3/",
        "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://2130706433/",
        "ftp://example.org/", "file:///etc/passwd", "http://name:word@1.1.1.1/",
        "http://224.0.0.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_webhooks_do_not_reach_into_the_citys_own_network(url):
    with pytest.raises(guard.Refused):
        guard.way_to(url)


def test_a_webhook_is_called_at_the_address_that_was_checked(monkeypatch):
    answers = iter(["93.184.216.34", "127.0.0.1"])
    monkeypatch.setattr(
        outward.socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (next(answers), 443))]
    )
    way = guard.way_to("https://example.org/in")
    assert (way.url, way.host_header) == ("https://93.184.216.34:443/in", "example.org")


def test_the_secret_of_a_webhook_is_sealed(hook):
    assert SECRET.encode() not in bytes(Webhook.objects.get().secret)


def test_signatures_change_with_time_and_body():
    made = {webhook_call.signature("s", b, at) for b in (b"1", b"2")
            for at in (START, START + timedelta(seconds=1))}  # fmt: skip
    assert len(made) == 4
