"""Messages: trouble first, down to the bytes, and decoded again once things are put right."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Device, Uplink
from stadtkern.kernel.things.models import Latest

LIST = "/staff/uplinks/"
STRANGER = "ffffffffffffffff"


def keys(answer):
    return [uplink.key for uplink in answer.context["listed"].page]


@pytest.fixture
def mixed(device, send):
    send(device.dev_eui, device=device, key="good")
    send(device.dev_eui, device=device, key="failed", outcome="failed", reason="codec threw")
    send(STRANGER, key="unknown", outcome="unknown", reason="no device")
    send("", key="broken", outcome="broken", reason="not JSON")


def test_only_trouble_is_shown_first_and_the_newest_on_top(as_, mixed):
    assert keys(as_("reader").get(LIST)) == ["broken", "unknown", "failed"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"outcome": "all"}, ["broken", "unknown", "failed", "good"]),
        ({"outcome": "stored"}, ["good"]),
        ({"outcome": "all", "q": "rathaus"}, ["failed", "good"]),
        ({"outcome": "all", "q": "A8:40:41:00:01:81:C0:61"}, ["failed", "good"]),
        ({"q": STRANGER}, ["unknown"]),
        ({"q": "ffff"}, ["unknown"]),
        ({"q": "nirgends"}, []),
    ],
)
def test_messages_are_found_by_outcome_and_device(as_, mixed, query, found):
    assert keys(as_("reader").get(LIST, query)) == found


def test_messages_are_found_by_time(as_, device, send):
    send(device.dev_eui, key="old", outcome="failed", at=clock.now() - timedelta(days=2))
    send(device.dev_eui, key="new", outcome="failed")
    day = f"{clock.now() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert keys(as_("reader").get(LIST, {"since": day})) == ["new"]
    assert keys(as_("reader").get(LIST, {"until": day})) == ["old"]


def test_the_number_of_queries_does_not_grow_with_the_messages(as_, device, send, count_queries):
    browser = as_("reader")
    send(device.dev_eui, device=device, outcome="failed")
    few = count_queries(lambda: browser.get(LIST))
    for _ in range(30):
        send(device.dev_eui, device=device, outcome="failed")
    assert count_queries(lambda: browser.get(LIST)) == few


def test_a_message_is_shown_down_to_its_bytes(as_, device, send):
    one = send(device.dev_eui, 0xAB, device=device, outcome="failed", reason="<b>bad</b> (line 7)")
    html = as_("reader").get(f"{LIST}{one.pk}/").content.decode()
    assert "<code>ab</code>" in html
    assert "&quot;deviceInfo&quot;: {\n" in html
    assert "&lt;b&gt;bad&lt;/b&gt; (line 7)" in html


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"[" * 3000, b"<script>alert(1)</script>"])
def test_what_is_no_json_is_shown_as_it_is(as_, send, raw):
    one = send("", outcome="broken")
    Uplink.objects.filter(pk=one.pk).update(raw=raw, payload=None)
    answer = as_("reader").get(f"{LIST}{one.pk}/")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_a_stranger_can_be_made_a_device(as_, send):
    one = send(STRANGER, outcome="unknown")
    assert f"?dev_eui={STRANGER}" in as_("data").get(f"{LIST}{one.pk}/").content.decode()
    assert "?dev_eui=" not in as_("reader").get(f"{LIST}{one.pk}/").content.decode()
    page = as_("data").get(f"/staff/devices/new/?dev_eui={STRANGER}")
    assert f'value="{STRANGER}"' in page.content.decode()


def test_one_message_is_decoded_again_and_others_are_left_alone(as_, device, send):
    now = clock.now()
    one, *others = (
        send(device.dev_eui, first, device=device, outcome="failed", at=now - timedelta(hours=ago))
        for first, ago in ((23, 2), (24, 3), (25, 1))
    )
    answer = as_("data").post(f"{LIST}{one.pk}/decode/")
    assert answer["Location"] == f"{LIST}{one.pk}/"
    assert Uplink.objects.get(pk=one.pk).outcome == "stored"
    assert {Uplink.objects.get(pk=other.pk).outcome for other in others} == {"failed"}
    assert Latest.objects.get(datastream__thing=device.thing).value == 23
    assert Entry.objects.filter(verb="devices.redecode").count() == 1
    assert "23,0 °C" in as_("reader").get(f"{LIST}{one.pk}/").content.decode()


def test_a_message_of_no_device_is_not_decoded(as_, send):
    one = send(STRANGER, outcome="unknown")
    as_("data").post(f"{LIST}{one.pk}/decode/")
    assert Uplink.objects.get().outcome == "unknown"
    assert not Device.objects.exists()
