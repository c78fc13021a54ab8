"""What staff see and do: the list, a new downlink, one with its steps, the panel of a device."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role

from .conftest import EUI, ack, hand_over, message, txack

pytestmark = pytest.mark.django_db
LIST, NEW = "/en/staff/downlinks/", "/en/staff/downlinks/new/"
WISHES = {"priority": "0", "lifetime": "day", "topic": "", "payload": "", "f_port": ""}


@pytest.fixture
def as_(db):
    """`as_("data")`: a browser in which somebody with this role is signed in."""
    roles.sync()

    def browser(role):
        account = Account.objects.create(username=role, is_staff=True)
        account.roles.add(Role.objects.get(slug=role))
        client = Client()
        client.force_login(account)
        return client

    return browser


@pytest.fixture
def staff(as_):
    return as_("data")


def text(response):
    return response.content.decode()


def to(device, **said):
    return downlinks.send(device, payload=b"\x05\x01", f_port=10, author="tests", **said)


def test_readers_see_downlinks_but_send_none(as_, device, heard):
    one = to(device)
    reader = as_("reader")
    assert reader.get(LIST).status_code == 200
    assert "New downlink" not in text(reader.get(LIST))
    assert "Cancel it" not in text(reader.get(f"{LIST}{one.pk}/"))
    for path in (NEW, f"{LIST}{one.pk}/cancel/", f"{LIST}{one.pk}/again/"):
        assert reader.post(path).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_without_a_device_people_choose_one(staff, device, profile):
    Device.objects.create(dev_eui="02534b7700000002", name="Lamp", profile=profile)
    shown = text(staff.get(NEW))
    assert "Valve" in shown
    assert "Lamp" in shown
    found = text(staff.get(NEW, {"q": "02:53:4b:77:00:00:00:01"}))
    assert f"?device={device.pk}" in found
    assert "Lamp" not in found
    assert "No device has this name" in text(staff.get(NEW, {"q": "nobody"}))


def test_the_preview_shows_bytes_and_what_they_mean_and_sends_nothing(staff, device, heard):
    said = {**WISHES, "how": "data", "content": '{"open": true}', "preview": "1"}
    shown = text(staff.post(f"{NEW}?device={device.pk}", said))
    assert "05 01" in shown
    assert "2 bytes of 115 on port 10." in shown
    assert "&quot;open&quot;: true" in shown.split('id="preview"')[1]
    assert not Downlink.objects.exists()


def test_data_is_sent_as_the_codec_encodes_it(staff, device, heard):
    said = {**WISHES, "how": "data", "content": '{"open": false}', "topic": "valve", "send": "1"}
    response = staff.post(f"{NEW}?device={device.pk}", {**said, "confirmed": "on"})
    one = Downlink.objects.get()
    assert response.url == f"{LIST}{one.pk}/"
    assert (bytes(one.payload), one.f_port, one.topic) == (b"\x05\x00", 10, "valve")
    assert one.confirmed
    assert one.expires
    assert one.author == "data"
    assert Entry.objects.get(verb="downlinks.send").actor == f"account:{Account.objects.get().pk}"


def test_bytes_are_sent_as_they_are_written(staff, device, heard):
    said = {**WISHES, "how": "bytes", "payload": "ff 03:58-02", "f_port": "85", "send": "1"}
    staff.post(f"{NEW}?device={device.pk}", said)
    one = Downlink.objects.get()
    assert (bytes(one.payload).hex(), one.f_port, one.data) == ("ff035802", 85, None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"how": "data", "content": "{open"}, "This is not JSON"),
        ({"how": "data", "content": "[1]"}, "Write an object"),
        ({"how": "data", "content": ""}, "Write what the device is to be told"),
        ({"how": "data", "content": '{"shut": 1}'}, "say whether it is open"),
        ({"how": "data", "content": "[" * 9000}, "This is not JSON"),
        ({"how": "bytes", "payload": "5x", "f_port": "1"}, "two digits"),
        ({"how": "bytes", "payload": "05"}, "need a port"),
        ({"how": "bytes", "payload": "", "f_port": "1"}, "at least one byte"),
        ({"how": "bytes", "payload": "05", "f_port": "224"}, "223"),
        ({"how": "bytes", "payload": "05" * 116, "f_port": "1"}, "116 bytes are too many"),
    ],
)
def test_what_cannot_be_sent_is_explained_and_kept_in_the_form(staff, device, heard, said, words):
    response = staff.post(f"{NEW}?device={device.pk}", {**WISHES, **said, "send": "1"})
    assert response.status_code == 422
    assert words in text(response)
    assert not Downlink.objects.exists()


def test_examples_of_the_encoder_are_offered_as_commands(staff, device, profile):
    profile.examples = [
        {"function": "decodeUplink", "description": "no", "input": {}, "output": {}},
        {
            "function": "encodeDownlink",
            "description": "Open the valve",
            "input": {"data": {"open": True}},
            "output": {},
        },
    ]
    profile.save()
    shown = text(staff.get(f"{NEW}?device={device.pk}"))
    assert "Open the valve" in shown
    chosen = text(staff.get(f"{NEW}?device={device.pk}&template=0"))
    assert "{\n  &quot;open&quot;: true\n}" in chosen


def test_without_an_encoder_only_bytes_are_asked_for(staff, device, profile):
    profile.codec = "function decodeUplink(i) { return { data: {} }; }"
    profile.save()
    shown = text(staff.get(f"{NEW}?device={device.pk}"))
    assert 'name="content"' not in shown
    said = {**WISHES, "payload": "01", "f_port": "1", "send": "1"}
    staff.post(f"{NEW}?device={device.pk}", said)
    assert Downlink.objects.count() == 1


def test_a_waiting_one_says_when_the_device_will_listen_and_can_be_cancelled(staff, device, heard):
    one = to(device)
    shown = text(staff.get(f"{LIST}{one.pk}/"))
    assert "only right after it has sent (class A)" in shown
    assert "data-every" in shown
    assert "Cancel it" in shown
    done = text(staff.post(f"{LIST}{one.pk}/cancel/", follow=True))
    assert "it never left" in done
    assert "cancelled" in done
    assert "data-every" not in done


def test_what_is_with_the_network_offers_no_button_that_cannot_work(staff, device, heard):
    one = to(device)
    hand_over()
    assert "Cancel it" not in text(staff.get(f"{LIST}{one.pk}/"))
    done = text(staff.post(f"{LIST}{one.pk}/cancel/", follow=True))
    assert "does not give it back" in done


def test_a_failed_one_says_why_and_goes_again(staff, device, tell, heard):
    one = to(device, confirmed=True)
    hand_over()
    tell(txack(one), ack(one, acknowledged=False))
    shown = text(staff.get(f"{LIST}{one.pk}/"))
    assert "The device did not acknowledge it." in shown
    again = staff.post(f"{LIST}{one.pk}/again/")
    assert again.url == f"{LIST}{Downlink.objects.latest('pk').pk}/"
    assert f"Downlink {one.pk}" in text(staff.get(again.url))


def test_what_the_network_logs_is_told_in_words(staff, device, tell, heard):
    one = to(device)
    hand_over()
    said = {"level": "ERROR", "code": "DOWNLINK_GATEWAY", "description": "TOO_LATE"}
    tell(message("log", said))
    shown = text(staff.get(f"{LIST}{one.pk}/"))
    assert "The gateway could not send it; the network tries again next time. (TOO_LATE)" in shown


def test_reasons_are_read_in_the_language_of_the_reader(staff, device, tell, heard):
    one = to(device, confirmed=True)
    hand_over()
    tell(ack(one, acknowledged=False))
    german = text(staff.get(f"/staff/downlinks/{one.pk}/"))
    assert "Das Gerät hat nicht bestätigt." in german


def test_the_list_filters_by_state_device_and_topic(staff, device, tell, profile, heard):
    lamp = Device.objects.create(dev_eui="02534b7700000002", name="Lamp", profile=profile)
    done, waiting = to(device, topic="text"), to(lamp, topic="level")
    hand_over()
    tell(txack(done))

    def shown(**filters):
        page = text(staff.get(LIST, filters))
        return {one.pk for one in (done, waiting) if f"{LIST}{one.pk}/" in page}

    assert shown() == {done.pk, waiting.pk}
    assert shown(state="open") == {waiting.pk}
    assert shown(state="sent") == {done.pk}
    assert shown(q="lamp") == {waiting.pk}
    assert shown(q=EUI) == {done.pk}
    assert shown(topic="tex") == {done.pk}
    assert "Nothing matches" in text(staff.get(LIST, {"state": "expired"}))


def test_the_list_saves_as_a_file(staff, device, heard):
    to(device, topic="=cmd")
    rows = text(staff.get(LIST, {"format": "csv"})).splitlines()
    assert len(rows) == 2
    assert ";0501;" in rows[1]
    assert ";'=cmd;" in rows[1]


def test_the_number_of_queries_does_not_grow_with_the_list(staff, device, heard):
    def queries():
        with CaptureQueriesContext(connection) as counted:
            assert staff.get(LIST).status_code == 200
        return len(counted)

    to(device)
    staff.get(LIST)
    before = queries()
    for number in range(30):
        to(device, topic=str(number))
    assert queries() == before


def test_the_page_of_a_device_shows_its_last_downlinks(staff, as_, device, heard):
    url = f"/en/staff/devices/{device.pk}/"
    assert "Nothing has been sent to this device yet." in text(staff.get(url))
    for number in range(7):
        to(device, topic=f"topic-{number}")
    shown = text(staff.get(url))
    assert [f"topic-{n}" in shown for n in range(7)] == [False, False, True, True, True, True, True]
    assert f"{LIST}?q={EUI}" in shown
    assert f"{NEW}?device={device.pk}" in shown
    assert "New downlink" not in text(as_("reader").get(url))


def test_what_was_done_is_in_the_audit_log_in_words(as_, device, heard):
    one = to(device)
    shown = text(as_("operator").get("/en/staff/audit/"))
    assert "Sent a downlink" in shown
    assert f"{LIST}{one.pk}/" in shown
