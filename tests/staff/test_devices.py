"""Devices are found, made and changed, and nothing is stored that is wrong."""

from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Thing
from stadtkern.kernel.things.store import Observation, write

LIST, NEW = "/staff/devices/", "/staff/devices/new/"
EUI = "A8-40-41-00-01-81-C0-99"


@pytest.fixture
def form(profile, place):
    """A correct form; a test spoils one field of it."""
    return {
        "dev_eui": EUI,
        "name": "Neuer",
        "profile": profile.pk,
        "where": "known",
        "place": "rathaus",
    }


def names(answer):
    return [device.name for device in answer.context["listed"].page]


@pytest.fixture
def field(profile):
    """Devices in each of the four states."""
    ago = clock.now() - timedelta(minutes=1)
    rows = [
        ("meldet", ago, "", 80),
        ("stumm", ago - timedelta(hours=2), "", 15),
        ("neu", None, "", None),
        ("gestört", ago, "codec threw: Error (line 3)", 19),
    ]
    return [
        Device.objects.create(
            dev_eui=f"{n:016x}",
            name=name,
            profile=profile,
            last_seen=seen,
            problem=problem,
            battery=battery,
        )
        for n, (name, seen, problem, battery) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("state", "name"),
    [("reporting", "meldet"), ("silent", "stumm"), ("never", "neu"), ("trouble", "gestört")],
)
def test_devices_are_found_by_their_state(as_, field, state, name):
    assert names(as_("reader").get(LIST, {"state": state})) == [name]


def test_devices_are_found_by_name_devEUI_and_low_battery(as_, field):
    browser = as_("reader")
    assert names(browser.get(LIST, {"q": "MELD"})) == ["meldet"]
    assert names(browser.get(LIST, {"q": "00:00:00:00:00:00:00:03"})) == ["gestört"]
    assert names(browser.get(LIST, {"battery": "low"})) == ["gestört", "stumm"]
    assert names(browser.get(LIST, {"battery": "low", "sort": "-name"})) == ["stumm", "gestört"]


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
    assert len(names(answer)) == 4
    assert answer.context["filters"].errors


def test_an_empty_list_says_what_to_do(as_):
    assert 'class="note"' in as_("reader").get(LIST).content.decode()


def test_the_file_has_the_filtered_devices_and_no_formula(as_, field):
    Device.objects.filter(name="stumm").update(name='=HYPERLINK("http://evil")')
    answer = as_("reader").get(LIST, {"format": "csv", "battery": "low", "sort": "name"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("dev_eui;name;state")
    assert len(lines) == 3
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
    assert "21,5 °C" in html
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


@pytest.mark.parametrize(
    ("eui", "reason"),
    [
        ("A84041000181C06", "15"),
        ("A84041000181C06Z", "z"),
        ("a84041000181c061", "Rathaus Nord"),
        ("", ""),
    ],
)
def test_a_wrong_devEUI_is_refused_with_its_reason(as_, device, form, eui, reason):
    answer = as_("data").post(NEW, {**form, "dev_eui": eui})
    assert answer.status_code == 422
    assert reason in " ".join(answer.context["form"].errors["dev_eui"])
    assert Device.objects.count() == 1
    assert not Entry.objects.filter(verb="devices.create").exists()


def test_a_new_device_feeds_a_thing_at_its_place(as_, form, place, people):
    answer = as_("data").post(NEW, form)
    device = Device.objects.get(dev_eui="a84041000181c099")
    assert answer["Location"] == f"{LIST}{device.pk}/"
    assert device.thing.place == place
    assert [d.observed_property.slug for d in device.thing.datastreams.all()] == ["air_temperature"]
    entry = Entry.objects.get(verb="devices.create")
    assert (entry.actor, entry.target) == (
        f"account:{people.data.pk}",
        f"devices.device:{device.pk}",
    )


def test_a_device_at_a_new_place_makes_the_place(as_, form):
    as_("data").post(
        NEW,
        {
            **form,
            "where": "new",
            "place_name": "Schulhof",
            "place_kind": "environment.weather",
            "lat": "51,55",
            "lon": "7,2",
        },
    )
    place = Place.objects.get(name="Schulhof")
    assert (place.lon, place.lat) == (7.2, 51.55)
    assert Device.objects.get().thing.place == place


@pytest.mark.parametrize(
    ("lat", "lon", "wrong"),
    [("7.2", "51.55", "lat"), ("48.1", "11.5", "lat"), ("", "7.2", "lat"), ("51.55", "abc", "lon")],
)
def test_a_point_that_cannot_be_is_refused(as_, form, lat, lon, wrong):
    answer = as_("data").post(
        NEW,
        {
            **form,
            "where": "new",
            "place_name": "X",
            "place_kind": "environment.weather",
            "lat": lat,
            "lon": lon,
        },
    )
    assert wrong in answer.context["form"].errors
    assert Place.objects.count() == 1
    assert not Device.objects.exists()


def test_a_misspelt_place_is_answered_with_the_likely_one(as_, form):
    answer = as_("data").post(NEW, {**form, "place": "Rathuas"})
    assert "Rathaus" in " ".join(answer.context["form"].errors["place"])
    assert not Device.objects.exists()


def test_of_two_places_with_one_name_the_address_decides(as_, form, place):
    other = Place.objects.create(name="Rathaus", kind=place.kind, geometry=point(7.1, 51.5))
    answer = as_("data").post(NEW, form)
    assert str(other.public_id) in " ".join(answer.context["form"].errors["place"])
    as_("data").post(NEW, {**form, "place": f"https://x.example/places/{other.public_id}/"})
    assert Device.objects.get().thing.place == other


def test_a_stranger_becomes_a_device_with_what_it_sent_before(as_, form, send):
    send("a84041000181c099", outcome="unknown")
    form["dev_eui"] = "a84041000181c099"
    answer = as_("data").post(NEW, form)
    device = Device.objects.get()
    assert device.uplinks.count() == 1
    assert answer["Location"] == f"{reverse('staff-decode')}?device={device.dev_eui}"


def test_when_the_audit_log_cannot_be_written_no_device_is_made(as_, form, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log, no deed")

    monkeypatch.setattr("stadtkern.site.staff.device_form.record", broken)
    with pytest.raises(RuntimeError):
        as_("data").post(NEW, form)
    assert not Device.objects.exists()
    assert not Thing.objects.exists()


def test_a_device_gets_another_name_and_place(as_, device, place, profile):
    other = Place.objects.create(name="Bahnhof", kind=place.kind, geometry=point(7.22, 51.53))
    browser = as_("data")
    page = browser.get(f"{LIST}{device.pk}/change/").context["form"]
    assert page.initial["place"] == str(place.public_id)
    browser.post(
        f"{LIST}{device.pk}/change/",
        {
            "name": "Bahnhof Süd",
            "profile": profile.pk,
            "where": "known",
            "place": "Bahnhof",
        },
    )
    changed = Device.objects.get()
    assert (changed.name, changed.thing.place) == ("Bahnhof Süd", other)
    details = Entry.objects.get(verb="devices.change").details
    assert details["before"]["name"] == "Rathaus Nord"


def test_another_name_alone_leaves_the_thing_alone(as_, device, place, profile):
    before = device.thing_id
    as_("data").post(
        f"{LIST}{device.pk}/change/",
        {
            "name": "Neu",
            "profile": profile.pk,
            "where": "known",
            "place": str(place.public_id),
        },
    )
    assert Device.objects.get().thing_id == before
