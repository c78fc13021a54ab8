"""Messages from the city to a browser, through a push service of its own."""

import json
import threading
from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest
import time_machine

from simulators.push_service import Browser, Service, data
from stadtkern.kernel import clock, registry
from stadtkern.kernel.push import identity, send, subscribing
from stadtkern.kernel.push.announce import News, announce
from stadtkern.kernel.push.models import Announcement, Key, Sending, Subscription
from stadtkern.kernel.push.quiet import quiet_until
from stadtkern.kernel.push.subscribing import Refused, Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(monkeypatch):
    served = Service()
    threading.Thread(target=served.serve_forever, daemon=True).start()
    push = msgspec.structs.replace(registry.city().push, services=("127.0.0.1",),
                                   private_networks=("127.0.0.0/8",))  # fmt: skip
    monkeypatch.setattr(registry, "_city", msgspec.structs.replace(registry.city(), push=push))
    yield served
    served.shutdown()
    served.server_close()


def wanted(browser: Browser, **told) -> Wanted:
    keys = browser.subscription["keys"]
    return Wanted(**{"endpoint": browser.address, "public": keys["p256dh"],
                     "secret": keys["auth"], "topics": ("news.warnings",), **told})  # fmt: skip


def news(**told) -> News:
    return News(**{"key": "n1", "topic": "news.warnings", "title": "Sturm", "title_en": "Storm",
                   "text": "Ab 18 Uhr", "page": "news:home", **told})  # fmt: skip


def test_a_message_arrives_once_and_says_who_sends_it(service):
    subscribing.subscribe(wanted(service.browser))
    assert announce(news(urgent=True))
    assert not announce(news(title="Noch einmal"))
    send.run()
    send.run()
    (told,) = service.browser.messages
    assert told["message"] == {
        "title": "Sturm", "body": "Ab 18 Uhr", "url": "/neuigkeiten/", "tag": "n1",
        "lang": "de", "urgent": True,
    }  # fmt: skip
    assert told["urgency"] == "high"
    assert told["claims"]["aud"] == service.browser.address.rpartition("/push/")[0]
    assert told["claims"]["k"] == identity.public_key()
    assert told["claims"]["exp"] <= (clock.now() + timedelta(hours=24)).timestamp()
    assert Sending.objects.get().state == "sent"


def test_only_who_wants_the_topic_is_told_in_their_language(service):
    subscribing.subscribe(wanted(service.browser, topics=("events.new",), language="en"))
    announce(news())
    announce(news(key="n2", topic="events.new", page="events:home"))
    send.run()
    (told,) = service.browser.messages
    assert (told["message"]["title"], told["message"]["url"]) == ("Storm", "/en/events/")


def test_a_service_that_is_not_the_one_it_was_signed_for_takes_nothing(service, monkeypatch):
    """The simulator holds to RFC 8292: a signature for another service is worth nothing there."""
    subscribing.subscribe(wanted(service.browser))
    announce(news())
    real = identity.authorization
    monkeypatch.setattr(send, "authorization", lambda _to: real("https://other.example/x"))
    send.run()
    assert service.browser.messages == []
    row = Sending.objects.get()
    assert (row.state, row.problem[:3]) == ("failed", "401")


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(service, status):
    subscribing.subscribe(wanted(service.browser))
    announce(news())
    service.answer = status
    send.run()
    assert not Subscription.objects.exists()
    assert not Sending.objects.exists()


def test_a_failing_service_is_asked_again_later_and_a_refusal_is_final(service):
    subscribing.subscribe(wanted(service.browser))
    announce(news())
    service.answer = 503
    send.run()
    row = Sending.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.due > clock.now()
    service.answer = 201
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        send.run()
    assert len(service.browser.messages) == 1
    announce(news(key="n2"))
    service.answer = 400
    send.run()
    assert Sending.objects.get(announcement__key="n2").state == "failed"


def test_quiet_hours_hold_back_all_but_warnings(service):
    subscribing.subscribe(wanted(service.browser, quiet_from=time(22), quiet_until=time(7)))
    with time_machine.travel(datetime(2026, 11, 24, 1, tzinfo=UTC), tick=False):
        announce(news(until=clock.now() + timedelta(days=1)))
        announce(news(key="n2", urgent=True, until=clock.now() + timedelta(days=1)))
        send.run()
        assert [one["message"]["tag"] for one in service.browser.messages] == ["n2"]
    with time_machine.travel(datetime(2026, 11, 24, 6, 1, tzinfo=UTC), tick=False):
        send.run()
        assert [one["message"]["tag"] for one in service.browser.messages] == ["n2", "n1"]


@pytest.mark.parametrize(
    ("now", "until"),
    [("2026-11-23T21:30Z", "2026-11-24T06:00Z"), ("2026-11-24T05:59Z", "2026-11-24T06:00Z"),
     ("2026-11-24T06:00Z", None), ("2026-11-24T20:59Z", None),
     # The night in which the clocks go forward.
     ("2027-03-28T02:00Z", "2027-03-28T05:00Z")],
)  # fmt: skip
def test_quiet_hours_go_by_the_citys_clocks(now, until):
    row = Subscription(quiet_from=time(22), quiet_until=time(7))
    found = quiet_until(row, datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(until) if until else None)


def test_what_is_too_late_is_not_sent(service):
    subscribing.subscribe(wanted(service.browser))
    announce(news(until=clock.now() - timedelta(seconds=1)))
    send.run()
    assert service.browser.messages == []
    assert Sending.objects.get().state == "over"


@pytest.mark.parametrize(
    "told",
    [{"endpoint": "https://inside.example/x"}, {"endpoint": "http://127.0.0.1.evil.example/"},
     {"topics": ("nothing",)}, {"public": "AAAA"}, {"secret": "AAAA"}],
)  # fmt: skip
def test_only_known_services_good_keys_and_topics_are_taken(service, told):
    with pytest.raises(Refused):
        subscribing.subscribe(wanted(service.browser, **told))


def test_without_a_setting_no_address_inside_is_called():
    assert not subscribing.is_service("http://127.0.0.1:80/")
    assert not subscribing.is_service("http://fcm.googleapis.com/x")
    assert subscribing.is_service("https://fcm.googleapis.com/fcm/send/x")
    assert not subscribing.is_service("https://evilfcm.googleapis.com.example/")


def test_a_browser_subscribes_changes_and_ends_without_an_account(service, client):
    def post(path, **said):
        return client.post(path, json.dumps(said), content_type="application/json").json()

    given = {"subscription": service.browser.subscription, "quiet_from": "22:00",
             "quiet_until": "07:00"}  # fmt: skip
    token = post("/app/messages/", **given, topics=["news.warnings"])["token"]
    again = post("/app/messages/", **given, topics=["events.new", "news.traffic"])
    assert again["token"] == token
    state = post("/app/messages/state/", token=token)
    assert state["topics"] == ["events.new", "news.traffic"]
    assert state["quiet_from"] == "22:00"
    assert "problem" in post("/app/messages/", **given, topics=[])
    assert post("/app/messages/", nonsense=1)["problem"]
    assert post("/app/messages/state/", token="wrong")["topics"] == []
    assert post("/app/messages/end/", token=token) == {"ended": 1}
    assert post("/app/messages/end/", token=token) == {"ended": 0}
    assert not Subscription.objects.exists()


def test_keys_lie_sealed(service):
    subscribing.subscribe(wanted(service.browser))
    identity.public_key()
    assert b"PRIVATE KEY" not in bytes(Key.objects.get().private)
    secret = data(service.browser.subscription["keys"]["auth"])
    assert secret not in bytes(Subscription.objects.get().secret)


def test_many_subscriptions_take_one_statement_to_announce(service, django_assert_max_num_queries):
    for _ in range(5):
        subscribing.subscribe(wanted(Browser(f"http://127.0.0.1/{_}")))
    with django_assert_max_num_queries(8):
        announce(news())
    assert Sending.objects.count() == 5


def test_old_announcements_are_forgotten_with_their_messages(service):
    subscribing.subscribe(wanted(service.browser))
    announce(news())
    send.run()
    with time_machine.travel(clock.now() + timedelta(days=61)):
        send.run()
    assert not Announcement.objects.exists()
