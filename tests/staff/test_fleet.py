"""A fleet is found, filtered, exported and changed as a whole, and each change can be undone."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from watch.fleet_data import fleet

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import (
    Device,
    DeviceDay,
    FleetChange,
    Gateway,
    Heard,
    Network,
    Profile,
    SavedFilter,
)
from stadtkern.kernel.things.models import Project, Sensor
from stadtkern.site.staff.fleet import panels
from stadtkern.site.staff.fleet.health import rhythm

LIST, MANY = "/staff/devices/", "/staff/devices/many/"


def names(answer):
    return {device.name for device in answer.context["listed"].page}


@pytest.fixture
def three(profile, device):
    """Three devices: one at the Rathaus, two without a place."""
    others = [
        Device.objects.create(
            dev_eui=f"{n:016x}", name=name, profile=profile, last_seen=clock.now(), **more
        )
        for n, (name, more) in enumerate(
            [
                ("Schule", {"labels": ["Runde 1"], "battery": 8, "loss": 0.07}),
                ("Teich", {"labels": ["Runde 1", "Wasser"], "battery": 60, "loss": 0.004}),
            ]
        )
    ]
    return [device, *others]


def chips(answer):
    return {chip.state: chip.count for chip in answer.context["found"].chips}


def test_chips_count_the_states_of_what_the_filters_leave(as_, three):
    Device.objects.filter(name="Teich").update(last_seen=None)
    browser = as_("reader")
    assert chips(browser.get(LIST)) == {"reporting": 1, "low": 1, "never": 1}
    assert chips(browser.get(LIST, {"label": "Runde 1"})) == {"low": 1, "never": 1}
    answer = browser.get(LIST, {"label": "Runde 1", "state": "low"})
    assert (names(answer), answer.context["found"].count) == ({"Schule"}, 1)
    assert chips(answer) == {"low": 1, "never": 1}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "teich"}, {"Teich"}),
        ({"q": "0000 0000 0000 0001"}, {"Teich"}),
        ({"q": "wasser"}, {"Teich"}),
        ({"q": "rathaus"}, {"Rathaus Nord"}),
        ({"q": "testthermo"}, {"Rathaus Nord", "Schule", "Teich"}),
        ({"q": "gibt es nicht"}, set()),
        ({"label": "Runde 1"}, {"Schule", "Teich"}),
        ({"battery": "10"}, {"Schule"}),
        ({"battery": "unknown"}, set()),
        ({"lost": "5"}, {"Schule"}),
        ({"quiet": "1"}, set()),
        ({"profile": "test-thermometer", "label": "Wasser"}, {"Teich"}),
    ],
)
def test_filters_find(as_, three, query, found):
    assert names(as_("reader").get(LIST, query)) == found


def test_devices_are_found_by_network_project_gateway_and_silence(as_, three):
    network = Network.objects.create(slug="zwei", title="Zweites", kind="chirpstack")
    project = Project.objects.create(slug="klima", name="Klima")
    gateway = Gateway.objects.create(eui="0016c001f1500812")
    Device.objects.filter(name="Schule").update(network=network)
    Heard.objects.create(
        device=three[1], gateway=gateway, day=timezone.localdate(), cell=0, moving=False, heard=1,
        best=1, alone=1, airtime=60, levels=1, rssi_sum=-90, snr_sum=5, last=clock.now(),
    )  # fmt: skip
    three[0].thing.project = project
    three[0].thing.save()
    Device.objects.filter(name="Teich").update(last_seen=clock.now() - timedelta(days=4))
    browser = as_("reader")
    assert names(browser.get(LIST, {"network": "zwei"})) == {"Schule"}
    assert names(browser.get(LIST, {"gateway": gateway.eui})) == {"Schule"}
    assert names(browser.get(LIST, {"project": "klima"})) == {"Rathaus Nord"}
    assert names(browser.get(LIST, {"quiet": "72"})) == {"Teich"}


def test_batteries_that_are_empty_soon_are_found_and_sorted(as_, three):
    today = timezone.localdate()
    Device.objects.filter(name="Schule").update(battery_until=today + timedelta(days=30))
    Device.objects.filter(name="Teich").update(battery_until=today + timedelta(days=300))
    browser = as_("reader")
    assert names(browser.get(LIST, {"battery": "soon"})) == {"Schule"}
    rows = browser.get(LIST, {"sort": "-battery_until"}).context["listed"].page
    assert [row.name for row in rows][:2] == ["Teich", "Schule"]


@pytest.mark.parametrize(
    "column",
    ["name", "state", "last_seen", "thing", "profile", "battery", "battery_until", "rssi", "loss"],
)
def test_every_column_sorts_both_ways(as_, three, column):
    browser = as_("reader")
    for sort in (column, f"-{column}"):
        answer = browser.get(LIST, {"sort": sort})
        assert len(names(answer)) == 3
        assert 'aria-sort="' in answer.content.decode()


def test_two_thousand_devices_take_as_many_queries_as_twenty(as_, db, count_queries):
    browser = as_("data")
    fleet(20)
    few = count_queries(lambda: browser.get(LIST))
    Device.objects.all().delete()
    fleet(2000)
    answer = browser.get(LIST)
    assert count_queries(lambda: browser.get(LIST)) == few
    assert answer.context["found"].everything == 2000
    assert sum(chips(answer).values()) == 2000
    assert len(answer.context["listed"].page.object_list) == 50
    last = browser.get(LIST, {"page": "40"})
    assert len(last.context["listed"].page.object_list) == 50


def test_the_workbook_holds_what_the_list_holds(as_, three):
    Device.objects.filter(name="Teich").update(name="=1+1")
    answer = as_("reader").get(LIST, {"format": "xlsx", "label": "Runde 1", "sort": "name"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("dev_eui", "name", "state")
    assert [row[1] for row in rows[1:]] == ["=1+1", "Schule"]
    assert sheet.cell(2, 2).data_type == "s"
    assert rows[2][6] == 8


def test_the_map_shows_the_devices_of_the_list_that_stand_somewhere(as_, three):
    browser = as_("reader")
    html = browser.get(LIST, {"view": "map", "q": "rathaus"}).content.decode()
    assert "/staff/devices/layers.json?" in html
    layer = browser.get("/staff/devices/layers.json", {"q": "rathaus", "view": "map"}).json()
    pins = browser.get(layer["layers"][0]["url"]).json()["features"]
    assert [pin["properties"]["name"] for pin in pins] == ["Rathaus Nord"]
    assert pins[0]["geometry"]["coordinates"] == [7.22, 51.54]
    assert pins[0]["properties"]["state"] == "good"
    assert browser.get("/staff/devices/pins.geojson", {"device": "x"}).json()["features"] == []


def ask(browser, act, devices=(), **more):
    return browser.post(MANY, {"act": act, "device": [d.pk for d in devices], **more})


def confirm(browser, act, devices=(), *, count, **more):
    return ask(browser, act, devices, confirmed="1", count=str(count), **more)


def test_a_label_for_some_is_shown_done_recorded_and_undone(as_, three, people):
    browser = as_("data")
    shown = ask(browser, "label", three[:2])
    assert shown.context["choice"].count == 2
    assert not FleetChange.objects.exists()
    confirm(browser, "label", three[:2], count=2, label="Winter")
    assert [d.labels for d in Device.objects.order_by("name")] == [
        ["Winter"], ["Runde 1", "Winter"], ["Runde 1", "Wasser"],
    ]  # fmt: skip
    entry = Entry.objects.get(verb="devices.many.labels")
    assert entry.actor == f"account:{people.data.pk}"
    assert entry.details["devices"] == 2
    assert "labels" in str(browser.get(LIST).context["last_change"]["field"])
    browser.post(f"/staff/devices/many/{FleetChange.objects.get().pk}/undo/")
    assert [d.labels for d in Device.objects.order_by("name")] == [
        [], ["Runde 1"], ["Runde 1", "Wasser"],
    ]  # fmt: skip
    assert Entry.objects.filter(verb="devices.many.undo").exists()
    assert browser.get(LIST).context["last_change"] is None


def test_all_of_a_list_are_those_that_match_its_filters(as_, three):
    browser = as_("data")
    shown = ask(browser, "rest", all="1", query="label=Runde+1&page=3")
    assert shown.context["choice"].count == 2
    confirm(browser, "rest", all="1", query="label=Runde+1", count=2)
    assert set(Device.objects.filter(resting=True).values_list("name", flat=True)) == {
        "Schule", "Teich",
    }  # fmt: skip


def test_a_list_that_changed_since_it_was_shown_is_shown_again(as_, three):
    answer = confirm(as_("data"), "rest", all="1", query="", count=2)
    assert answer.status_code == 422
    assert answer.context["moved"]
    assert not Device.objects.filter(resting=True).exists()


def test_nothing_ticked_changes_nothing(as_, three):
    answer = confirm(as_("data"), "rest", count=0)
    assert answer.status_code == 302
    assert not Device.objects.filter(resting=True).exists()


def test_undo_leaves_alone_what_was_changed_again_since(as_, three):
    browser = as_("data")
    confirm(browser, "rest", three, count=3)
    confirm(browser, "wake", three[:1], count=1)
    first = FleetChange.objects.order_by("id").first()
    confirm(browser, "rest", three[:1], count=1)
    Device.objects.filter(pk=three[1].pk).update(resting=False)
    browser.post(f"/staff/devices/many/{first.pk}/undo/")
    assert not Device.objects.filter(resting=True).exists()
    browser.post(f"/staff/devices/many/{first.pk}/undo/")
    assert Entry.objects.filter(verb="devices.many.undo").count() == 1


def test_another_profile_of_the_same_kind_begins_to_learn_anew(as_, three, profile):
    other = Profile.objects.create(
        slug="zweites", title="Zweites", vendor="M", model="T2", codec="", sensor=profile.sensor,
        uplink_every=timedelta(hours=1), thing_kind=profile.thing_kind, measures=profile.measures,
    )  # fmt: skip
    Device.objects.update(every=timedelta(minutes=10), problem="codec threw")
    confirm(as_("data"), "profile", three, count=3, profile=str(other.pk))
    assert set(Device.objects.values_list("profile", "every", "problem")) == {(other.pk, None, "")}


def test_a_device_that_feeds_a_thing_of_another_kind_keeps_its_profile(as_, three, profile):
    other = Profile.objects.create(
        slug="fremd", title="Fremd", vendor="M", model="T3", codec="",
        sensor=Sensor.objects.create(name="x"), uplink_every=timedelta(hours=1),
    )  # fmt: skip
    confirm(as_("data"), "profile", three, count=3, profile=str(other.pk))
    kept = Device.objects.filter(profile=profile).values_list("name", flat=True)
    assert list(kept) == ["Rathaus Nord"]


def test_a_network_is_set_and_taken_away(as_, three):
    network = Network.objects.create(slug="zwei", title="Zweites", kind="chirpstack")
    browser = as_("data")
    confirm(browser, "network", three, count=3, network=str(network.pk))
    assert Device.objects.filter(network=network).count() == 3
    confirm(browser, "network", three[:1], count=1)
    assert Device.objects.filter(network=None).get() == three[0]


def test_those_ticked_are_decoded_again_and_saved_as_files(as_, three):
    browser = as_("data")
    answer = ask(browser, "decode", three[:1])
    assert answer["Location"] == f"/staff/uplinks/decode/?device={three[0].dev_eui}"
    both = browser.get(ask(browser, "decode", three[:2])["Location"]).context["form"]
    assert both.initial["device"] == ",".join(d.dev_eui for d in three[:2])
    span = {"start": "2026-01-01T00:00", "end": "2026-12-31T00:00"}
    chosen = browser.get("/staff/uplinks/decode/", {**span, "device": both.initial["device"]})
    assert set(chosen.context["form"].devices) == {d.pk for d in three[:2]}
    lines = ask(browser, "csv", three[:2]).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert Entry.objects.filter(verb="devices.export").exists()


def test_whoever_may_only_look_changes_nothing(as_, three):
    reader = as_("reader")
    assert "/staff/devices/many/" not in reader.get(LIST).content.decode()
    assert confirm(reader, "rest", three, count=3).status_code == 403
    assert reader.post(f"{LIST}{three[0].pk}/words/", {"note": "x"}).status_code == 403
    assert not Device.objects.filter(resting=True).exists()


def test_filters_are_kept_for_oneself_or_for_all(as_, three, people):
    mine = {"name": "Leer", "query": "battery=10&page=4&evil=1"}
    as_("data").post("/staff/devices/filters/", mine)
    as_("data").post("/staff/devices/filters/", {"name": "Alle", "query": "q=a", "shared": "on"})
    own = as_("data").get(LIST).context["saved"]
    assert [(one.name, one.query) for one in own] == [("Alle", "q=a"), ("Leer", "battery=10")]
    reader = as_("reader")
    assert [one.name for one in reader.get(LIST).context["saved"]] == ["Alle"]
    shared = SavedFilter.objects.get(name="Alle")
    assert reader.post(f"/staff/devices/filters/{shared.pk}/").status_code == 404
    as_("data").post(f"/staff/devices/filters/{shared.pk}/")
    assert SavedFilter.objects.count() == 1


def test_labels_and_a_note_are_written_and_recorded(as_, device):
    browser = as_("data")
    said = {"labels": "Schule, Runde 2,, Schule", "note": "Schlüssel beim Hausmeister"}
    browser.post(f"{LIST}{device.pk}/words/", said)
    now = Device.objects.get()
    assert (now.labels, now.note) == (["Schule", "Runde 2"], "Schlüssel beim Hausmeister")
    assert Entry.objects.get(verb="devices.words").details["before"]["labels"] == []
    assert "Schlüssel beim Hausmeister" in browser.get(f"{LIST}{device.pk}/").content.decode()


def test_a_device_page_foretells_its_battery_and_counts_its_losses(as_, device):
    today = timezone.localdate()
    DeviceDay.objects.bulk_create(
        DeviceDay(
            device=device, day=today - timedelta(days=59 - n), battery=90 - n / 2, uplinks=95,
            lost=5, heard=95, rssi_sum=95 * -101.0, snr_sum=95 * 4.0, sf9=95,
        )
        for n in range(60)
    )  # fmt: skip
    answer = as_("reader").get(f"{LIST}{device.pk}/")
    assert answer.context["losses"].percent == 5.0
    # 60.5 % today, half a percent a day: 10 % in 101 days.
    assert f"{today + timedelta(days=101):%Y}" in answer.context["battery"].words
    assert "15,0 %" in answer.context["battery"].range
    data = as_("reader").get(f"{LIST}{device.pk}/signal.json").json()
    assert data["bucket"] == "1 day"
    assert {tuple(one["value"]) for one in data["series"]} >= {(-101.0,) * 31, (9.0,) * 31}


def test_a_week_is_drawn_message_by_message(as_, device, send):
    for n in range(3):
        send(device.dev_eui, device=device, at=clock.now() - timedelta(hours=n + 1))
    device.uplinks.update(rssi=-97.0, snr=7.5)
    end = clock.now()
    span = {"from": (end - timedelta(days=2)).isoformat(), "to": end.isoformat()}
    data = as_("reader").get(f"{LIST}{device.pk}/signal.json", span).json()
    assert (data["bucket"], len(data["t"])) == ("raw", 3)
    assert as_("reader").get(f"{LIST}{device.pk}/signal.json", {"from": "x"}).status_code == 400


def test_the_chart_begins_with_the_period_that_shows_what_is_known(as_, device):
    today = timezone.localdate()
    browser, address = as_("reader"), f"{LIST}{device.pk}/"
    DeviceDay.objects.create(device=device, day=today)
    assert browser.get(address).context["span"] == "day"
    DeviceDay.objects.create(device=device, day=today - timedelta(days=3))
    assert browser.get(address).context["span"] == "week"
    DeviceDay.objects.create(device=device, day=today - timedelta(days=40))
    assert browser.get(address).context["span"] == "month"
    assert browser.get(address, {"range": "year"}).context["span"] == "year"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "alle 20 Sekunden"),
        (60, "jede Minute"),
        (90, "alle 90 Sekunden"),
        (603, "alle 10 Minuten"),
        (3540, "jede Stunde"),
        (5400, "alle 90 Minuten"),
        (86_000, "jeden Tag"),
        (36 * 3600, "alle 36 Stunden"),
        (72 * 3600, "alle 3 Tage"),
    ],
)
def test_a_rhythm_is_told_as_people_would(seconds, words):
    with override("de"):
        assert rhythm(timedelta(seconds=seconds)) == words


def test_a_silent_device_says_so_in_a_sentence(as_, device):
    Device.objects.update(last_seen=clock.now() - timedelta(days=2))
    html = as_("reader").get(f"{LIST}{device.pk}/").content.decode()
    assert "meldet sich sonst etwa alle 10 Minuten" in html


def test_other_areas_add_their_panels(as_, device, monkeypatch):
    def panel(request, one):
        return "staff/parts/moment.html", {"at": one.created}

    monkeypatch.setattr(panels, "PANELS", (panel, lambda request, one: None))
    answer = as_("reader").get(f"{LIST}{device.pk}/")
    assert [one.template for one in answer.context["panels"]] == ["staff/parts/moment.html"]
