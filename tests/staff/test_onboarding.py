"""A device is made step by step, without script, and takes up what it sent before."""

from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.urls import reverse

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.models import Device, Draft, Profile, Redecoding
from stadtkern.kernel.devices.redecode import carry_on
from stadtkern.kernel.places.models import Landmark, Place, point
from stadtkern.kernel.things.models import Sensor, Thing
from stadtkern.kernel.things.store import Observation, write

NEW = "/staff/devices/new/"
EUI = "a84041000181c099"
QR = "LW:D0:70B3D57ED0000000:A84041000181C099:00010002:S12345"
KEY = "5572404C696E6B4C6F52613230313823"
# An imported profile: no system declares what it measures, it brings that along.
SOIL = """
function decodeUplink(input) {
  if (input.bytes.length !== 1) return { errors: ["wrong length"] };
  return { data: { soil: { moisture: input.bytes[0] }, volt: 3.6 } };
}
"""


@pytest.fixture
def soil(db):
    observed = [
        Observed(slug="soil_moisture", title="Bodenfeuchte", unit="%", low=0, high=100, decimals=0),
        Observed(slug="soil_volt", title="Batteriespannung", unit="V", low=0, high=5),
    ]
    return Profile.objects.create(
        slug="muster-soil-1",
        title="Muster Soil 1",
        vendor="Muster",
        model="soil-1",
        codec=SOIL,
        uplink_every=timedelta(hours=1),
        observes=msgspec.to_builtins(observed),
        measures=[rule("soil.moisture", "soil_moisture"), rule("volt", "soil_volt")],
        sensor=Sensor.objects.create(name="Muster soil-1"),
    )


def rule(path, name):
    return {"path": path, "property": name, "factor": 1.0, "offset": 0.0, "words": {}}


def begun(browser, label=EUI, **more):
    answer = browser.post(NEW, {"label": label, **more})
    assert answer.status_code == 302, answer.context["form"].errors
    return Draft.objects.get(device=None)


def step(draft, name):
    return reverse(f"staff-device-new-{name}", args=[draft.pk])


@pytest.fixture
def through(as_):
    """A function that goes through all steps, and answers with the last one's."""

    def go(profile, place, *, label=EUI, only=(), **said):
        browser = as_("data")
        draft = begun(browser, label, **said)
        browser.post(step(draft, "profile"), {"profile": profile.pk})
        browser.post(step(draft, "place"), place)
        kept = {f"keep_{slug}": "on" for slug in only}
        browser.post(step(draft, "measures"), {"name": "Neuer", **kept})
        assert not Device.objects.filter(dev_eui=EUI).exists()
        return browser.post(step(draft, "summary"))

    return go


AT_TOWN_HALL = {"where": "known", "place": "rathaus"}


def test_each_step_leads_to_the_next_and_the_last_makes_the_device(as_, profile, place, people):
    browser = as_("data")
    answer = browser.post(NEW, {"label": QR, "app_key": KEY})
    draft = Draft.objects.get()
    assert answer["Location"] == step(draft, "profile")
    answer = browser.post(step(draft, "profile"), {"profile": profile.pk})
    assert answer["Location"] == step(draft, "place")
    answer = browser.post(step(draft, "place"), AT_TOWN_HALL)
    assert answer["Location"] == step(draft, "measures")
    page = browser.get(step(draft, "measures")).content.decode()
    assert "°C" in page
    answer = browser.post(
        step(draft, "measures"),
        {"name": "Neuer", "labels": "Dach, Nord", "keep_air_temperature": "on",
         "title_air_temperature": "Dachtemperatur"},
    )  # fmt: skip
    assert answer["Location"] == step(draft, "summary")
    page = browser.get(step(draft, "summary")).content.decode()
    for word in ("Neuer", EUI, "70b3d57ed0000000", "12345", "Rathaus", "Dachtemperatur"):
        assert word in page
    assert KEY.lower() not in page.lower()
    assert not Device.objects.exists()
    answer = browser.post(step(draft, "summary"))
    assert answer["Location"] == step(draft, "done")
    device = Device.objects.get()
    assert (device.dev_eui, device.join_eui, device.labels) == (
        EUI, "70b3d57ed0000000", ["Dach", "Nord"],
    )  # fmt: skip
    assert device.thing.place == place
    assert [d.name for d in device.thing.datastreams.all()] == ["Dachtemperatur"]
    entry = Entry.objects.get(verb="devices.create")
    assert entry.actor == f"account:{people.data.pk}"


def test_keys_are_sealed_from_the_first_step_on_and_never_shown(as_, through, profile, place):
    through(profile, AT_TOWN_HALL, app_key=KEY, only=["air_temperature"])
    device = Device.objects.get()
    assert msgspec.json.decode(sealing.unseal(device.keys)) == {"app_key": KEY.lower()}
    assert KEY.lower().encode() not in bytes(device.keys)
    assert Draft.objects.get().keys is None
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(d)::text from devices_draft d")
        assert KEY.lower() not in cursor.fetchone()[0].lower()
        cursor.execute("select details::text from audit_entry")
        assert all(KEY.lower() not in text.lower() for (text,) in cursor.fetchall())
    page = as_("data").get(f"/staff/devices/{device.pk}/change/").content.decode().lower()
    assert KEY.lower() not in page


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("A84041000181C06", "15"),
        ("A84041000181C06Z", "z"),
        ("a84041000181c061", "Rathaus Nord"),
        ("", ""),
        ("LW:D0:70B3D57ED0000000", "QR"),
    ],
)
def test_a_label_that_cannot_be_is_refused_with_its_reason(as_, device, label, reason):
    answer = as_("data").post(NEW, {"label": label})
    assert answer.status_code == 422
    assert reason in " ".join(answer.context["form"].errors["label"])
    assert not Draft.objects.exists()


def test_whoever_leaves_goes_on_where_they_were(as_, profile, place):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    assert EUI in browser.get(NEW).content.decode()
    assert browser.get(step(draft, "summary"))["Location"] == step(draft, "place")
    assert browser.post(NEW, {"label": EUI})["Location"] == step(draft, "place")
    assert Draft.objects.count() == 1


def test_a_draft_is_its_authors_own(as_):
    draft = begun(as_("data"))
    assert as_("operator").get(step(draft, "profile")).status_code == 404
    assert EUI not in as_("operator").get(NEW).content.decode()


def test_a_summary_cannot_be_posted_before_its_steps(as_, profile):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "summary"))
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    browser.post(step(draft, "summary"))
    assert not Device.objects.exists()


def test_a_second_click_on_the_last_button_makes_no_second_device(as_, through, profile, place):
    through(profile, AT_TOWN_HALL, only=["air_temperature"])
    assert as_("data").post(step(Draft.objects.get(), "summary")).status_code == 404
    assert Device.objects.count() == 1


def test_a_device_that_somebody_else_made_meanwhile_is_said(as_, profile, place):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    browser.post(step(draft, "place"), AT_TOWN_HALL)
    browser.post(step(draft, "measures"), {"name": "Neuer", "keep_air_temperature": "on"})
    Device.objects.create(dev_eui=EUI, name="Anderer", profile=profile)
    things = Thing.objects.count()
    assert NEW in browser.post(step(draft, "summary"))["Location"]
    assert (Device.objects.count(), Thing.objects.count()) == (1, things)


def test_the_profile_that_reads_the_waiting_message_is_proposed_with_its_values(
    as_, soil, profile, send
):
    Profile.objects.filter(pk=profile.pk).update(
        codec="function decodeUplink() { throw new Error('not mine'); }"
    )
    send(EUI, 42, outcome="unknown")
    browser = as_("data")
    answer = browser.get(step(begun(browser), "profile"))
    assert [one.profile for one in answer.context["proposed"]] == [soil]
    page = answer.content.decode()
    assert "Bodenfeuchte" in page
    assert "42 %" in page
    assert "3,6 V" in page


def test_an_implausible_reading_speaks_against_a_profile(as_, soil, profile, send):
    """200 % moisture is no reading, though the codec has no objection."""
    profile.delete()
    send(EUI, 200, outcome="unknown")
    browser = as_("data")
    assert browser.get(step(begun(browser), "profile")).context["proposed"] == []


def test_the_label_names_the_vendor(as_, soil, profile):
    soil.origin = {"vendor_id": 1}
    soil.save()
    browser = as_("data")
    answer = browser.get(step(begun(browser, QR), "profile"))
    assert [one.profile for one in answer.context["proposed"]] == [soil]


def test_profiles_are_found_by_vendor_and_model(as_, soil, profile):
    browser = as_("data")
    address = step(begun(browser), "profile")
    found = browser.get(address, {"q": "muster soil"}).context["found"]
    assert found == [soil]
    assert browser.get(address, {"q": "nirgends"}).context["found"] == []


def test_an_imported_profile_brings_its_properties_and_units(as_, through, soil, place):
    through(soil, AT_TOWN_HALL, only=["soil_moisture"])
    thing = Device.objects.get().thing
    (stream,) = thing.datastreams.all()
    assert (stream.observed_property.slug, stream.unit_symbol) == ("soil_moisture", "%")
    assert (stream.low, stream.high, stream.decimals) == (0, 100, 0)
    assert thing.kind == ""
    assert thing.historical_locations.count() == 1


def test_one_place_holds_several_things(as_, device, through, profile, place):
    """At the town hall stands a fed thermometer already."""
    through(profile, AT_TOWN_HALL, only=["air_temperature"])
    new = Device.objects.get(dev_eui=EUI)
    assert new.thing != device.thing
    assert new.thing.place == device.thing.place


def test_a_thing_that_waits_for_a_device_is_taken(as_, device, through, profile, place):
    thing = device.thing
    device.delete()
    through(profile, AT_TOWN_HALL, only=["air_temperature"])
    assert Device.objects.get().thing == thing


def test_at_least_one_value_is_kept(as_, soil, place):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": soil.pk})
    browser.post(step(draft, "place"), AT_TOWN_HALL)
    answer = browser.post(step(draft, "measures"), {"name": "X"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()


def test_a_new_place_is_made_from_a_point(as_, through, profile):
    through(
        profile,
        {"where": "new", "place_name": "Schulhof", "place_kind": "", "lat": "51,55", "lon": "7,2"},
        only=["air_temperature"],
    )
    place = Place.objects.get(name="Schulhof")
    assert (place.lon, place.lat) == (7.2, 51.55)
    assert Device.objects.get().thing.place == place


@pytest.mark.parametrize(
    ("lat", "lon", "wrong"),
    [("7.2", "51.55", "lat"), ("48.1", "11.5", "lat"), ("", "7.2", "lat"), ("51.55", "abc", "lon")],
)
def test_a_point_that_cannot_be_is_refused(as_, profile, lat, lon, wrong):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    said = {"where": "new", "place_name": "X", "place_kind": "", "lat": lat, "lon": lon}
    answer = browser.post(step(draft, "place"), said)
    assert wrong in answer.context["form"].errors
    assert "where" not in Draft.objects.get().said


def test_a_misspelt_place_is_answered_with_the_likely_one(as_, profile, place):
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    answer = browser.post(step(draft, "place"), {"where": "known", "place": "Rathuas"})
    assert "Rathaus" in " ".join(answer.context["form"].errors["place"])


def test_of_two_places_with_one_name_the_address_decides(as_, through, profile, place):
    other = Place.objects.create(name="Rathaus", kind=place.kind, geometry=point(7.1, 51.5))
    said = {"where": "known", "place": f"https://x.example/places/{other.public_id}/"}
    through(profile, said, only=["air_temperature"])
    assert Device.objects.get().thing.place == other


def test_an_address_leads_to_its_point(as_, profile, place):
    Place.objects.filter(pk=place.pk).update(street="Friedrich-Ebert-Platz 2")
    Landmark.objects.create(kind="stop", key="1", name="Herne Bf", lon=7.21, lat=51.53)
    browser = as_("data")
    draft = begun(browser)
    browser.post(step(draft, "profile"), {"profile": profile.pk})
    page = browser.get(step(draft, "place"), {"q": "ebert-platz"}).content.decode()
    assert "lat=51.54&amp;lon=7.22" in page
    page = browser.get(step(draft, "place"), {"q": "Herne Bf"})
    assert "lat=51.53&amp;lon=7.21" in page.content.decode()
    filled = browser.get(step(draft, "place"), {"lat": "51.53", "lon": "7.21", "place_name": "Bf"})
    assert filled.context["form"]["place_name"].value() == "Bf"


def test_what_a_stranger_sent_becomes_its_own_and_is_decoded(as_, soil, through, place, send):
    for n in range(3):
        send(EUI, 40 + n, outcome="unknown", at=clock.now() - timedelta(minutes=3 - n))
    through(soil, AT_TOWN_HALL, only=["soil_moisture", "soil_volt"])
    device = Device.objects.get()
    assert device.uplinks.count() == 3
    run = Redecoding.objects.get()
    carry_on(run.pk)
    page = as_("data").get(step(Draft.objects.get(), "done")).content.decode()
    assert "42" in page
    assert "data-every" not in page


def test_the_last_page_waits_for_the_first_value(as_, through, profile, place, send):
    through(profile, AT_TOWN_HALL, only=["air_temperature"])
    done = step(Draft.objects.get(), "done")
    page = as_("data").get(done).content.decode()
    assert "data-every" in page
    device = Device.objects.get()
    send(EUI, device=device, outcome="failed", reason="codec threw: oh")
    assert "codec threw: oh" in as_("data").get(done).content.decode()
    stream = device.thing.datastreams.get()
    write([Observation(datastream=stream.pk, at=clock.now(), value=21.5)])
    page = as_("data").get(done).content.decode()
    assert "21,5" in page
    assert "data-every" not in page


def test_unknown_devices_are_listed_and_made_from_the_list(as_, send):
    for n in range(3):
        send(EUI, outcome="unknown", at=clock.now() - timedelta(minutes=n))
    send("ffffffffffffffff", outcome="unknown", at=clock.now() - timedelta(hours=1))
    address = reverse("staff-device-new-waiting")
    answer = as_("data").get(address)
    assert [(s.dev_eui, s.messages) for s in answer.context["found"]] == [
        (EUI, 3), ("ffffffffffffffff", 1),
    ]  # fmt: skip
    found = as_("data").get(address, {"q": "FF:FF"}).context["found"]
    assert [s.dev_eui for s in found] == ["ffffffffffffffff"]


def test_the_list_of_unknown_devices_asks_a_fixed_number_of_queries(as_, send, count_queries):
    browser, address = as_("data"), reverse("staff-device-new-waiting")
    send("00000000000000aa", outcome="unknown")
    few = count_queries(lambda: browser.get(address))
    for n in range(20):
        send(f"{n:016x}", outcome="unknown")
    assert count_queries(lambda: browser.get(address)) == few


def test_when_the_audit_log_cannot_be_written_no_device_is_made(
    as_, through, profile, place, monkeypatch
):
    def broken(*args, **kwargs):
        raise RuntimeError("no log, no deed")

    monkeypatch.setattr("stadtkern.kernel.devices.onboarding.making._record", broken)
    with pytest.raises(RuntimeError):
        through(profile, AT_TOWN_HALL, only=["air_temperature"])
    assert not Device.objects.exists()
    assert not Thing.objects.exists()
