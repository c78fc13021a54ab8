"""Devices are found, and one device shows what it sends."""

from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.things.store import Observation, write

LIST = "/staff/devices/"


def names(answer):
    return [device.name for device in answer.context["listed"].page]


@pytest.fixture
def field(profile):
    """Devices in each state."""
    ago = clock.now() - timedelta(minutes=1)
    rows = [
        ("meldet", ago, "", 80),
        ("stumm", ago - timedelta(hours=2), "", 15),
        ("neu", None, "", None),
        ("gestört", ago, "codec threw: Error (line 3)", 19),
        ("leer", ago, "", 12),
        ("spät", ago - timedelta(minutes=22), "", 70),
        ("ruht", ago - timedelta(days=9), "", 60),
    ]
    return [
        Device.objects.create(
            dev_eui=f"{n:016x}",
            name=name,
            profile=profile,
            last_seen=seen,
            problem=problem,
            battery=battery,
            resting=name == "ruht",
        )
        for n, (name, seen, problem, battery) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("reporting", "meldet"),
        ("silent", "stumm"),
        ("never", "neu"),
        ("trouble", "gestört"),
        ("low", "leer"),
        ("late", "spät"),
        ("resting", "ruht"),
    ],
)
def test_devices_are_found_by_their_state(as_, field, state, name):
    assert names(as_("reader").get(LIST, {"state": state})) == [name]


def test_devices_are_found_by_name_devEUI_and_low_battery(as_, field):
    browser = as_("reader")
    assert names(browser.get(LIST, {"q": "MELD"})) == ["meldet"]
    assert names(browser.get(LIST, {"q": "00:00:00:00:00:00:00:03"})) == ["gestört"]
    assert names(browser.get(LIST, {"battery": "low"})) == ["gestört", "leer", "stumm"]
    sorted_ = browser.get(LIST, {"battery": "low", "sort": "-name"})
    assert names(sorted_) == ["stumm", "leer", "gestört"]


def test_devices_without_a_value_come_last_in_both_directions(as_, field):
    browser = as_("reader")
    assert names(browser.get(LIST, {"sort": "last_seen"}))[-1] == "neu"
    assert names(browser.get(LIST, {"sort": "-last_seen"}))[-1] == "neu"


def test_a_list_keeps_its_filter_when_it_is_sorted_and_paged(as_, profile):
    Device.objects.bulk_create(
        Device(dev_eui=f"{n:016x}", name=f"Gerät {n:03}", profile=profile) for n in range(120)
    )
    answer = as_("reader").get(LIST, {"state": "never", "sort": "-name", "page": "2"})
    assert names(answer)[0] == "Gerät 069"
    html = answer.content.decode()
    assert "?state=never&amp;sort=-name&amp;page=3" in html
    assert "?state=never&amp;sort=name" in html
    assert 'aria-sort="descending"' in html


def test_a_wrong_filter_is_left_out_and_said(as_, field):
    answer = as_("reader").get(LIST, {"state": "kaputt", "page": "viele", "sort": "drop table"})
    assert answer.status_code == 200
    assert len(names(answer)) == 7
    assert answer.context["filters"].errors


def test_an_empty_list_says_what_to_do(as_):
    assert 'class="note"' in as_("reader").get(LIST).content.decode()


def test_the_file_has_the_filtered_devices_and_no_formula(as_, field):
    Device.objects.filter(name="stumm").update(name='=HYPERLINK("http://evil")')
    answer = as_("reader").get(LIST, {"format": "csv", "battery": "low", "sort": "name"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("dev_eui;name;state")
    assert len(lines) == 4
    assert "\"'=HYPERLINK" in lines[1]


def test_the_number_of_queries_does_not_grow_with_the_devices(as_, profile, device, count_queries):
    browser = as_("reader")
    few = count_queries(lambda: browser.get(LIST))
    Device.objects.bulk_create(
        Device(dev_eui=f"{n:016x}", name=f"G{n}", profile=profile, thing=device.thing)
        for n in range(45)
    )
    assert count_queries(lambda: browser.get(LIST)) == few


def test_a_device_shows_values_messages_and_where_it_stands(as_, device, place, send):
    stream = device.thing.datastreams.get()
    write([Observation(datastream=stream.pk, at=clock.now(), value=21.5)])
    send(device.dev_eui, device=device, outcome="failed", reason="codec threw: oh (line 2)")
    html = as_("reader").get(f"{LIST}{device.pk}/").content.decode()
    assert ">21,5</span> <small>°C</small>" in html
    assert "codec threw: oh (line 2)" in html
    assert reverse("place", args=[place.public_id]) in html
    assert "0016c001f1500812" in html


def test_a_device_without_a_value_says_so(as_, device):
    html = as_("reader").get(f"{LIST}{device.pk}/").content.decode()
    assert "dot stale" in html
    assert "°C" in html


def test_an_old_value_is_marked_as_stale(as_, device):
    stream = device.thing.datastreams.get()
    write([Observation(datastream=stream.pk, at=clock.now() - timedelta(days=3), value=1.0)])
    html = as_("reader").get(f"{LIST}{device.pk}/").content.decode()
    assert "dot stale" in html
