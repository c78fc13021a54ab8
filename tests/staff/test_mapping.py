"""Which field is which property: proposed, looked at on real messages, confirmed, and undone."""

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.ingest import directory
from stadtkern.kernel.devices.ingest.mapping import measured
from stadtkern.kernel.devices.models import CodecVersion, Device, Network, Profile, Uplink
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Datastream

TREE = """function decodeUplink(input) {
  var b = input.bytes;
  return { data: { Bat: 3.6, temp_SOIL: "24.59", water_SOIL: b[0] / 100, ec: 900, strange: 7, door: "open" } };
}
"""


@pytest.fixture
def tree(profile):
    """A profile that no system declares, as an import leaves it: proposed, not confirmed."""
    Profile.objects.update(
        thing_kind="",
        codec=TREE,
        measures=[],
        observes=[],
        confirmed=False,
        origin={"repository": "lorawan-devices", "sensors": ["moisture"]},
    )
    profile.refresh_from_db()
    return profile


@pytest.fixture
def planted(tree, place):
    [thing] = provision.make(
        [provision.NewThing(place=place, name="Baum", sensor=tree.sensor, observes=())]
    )
    return Device.objects.create(
        dev_eui="a84041000181c061", name="Baum 1", profile=tree, thing=thing
    )


def lines(*rows, version=1, **more):
    """The form's fields for these lines."""
    said = {"line-TOTAL_FORMS": len(rows), "line-INITIAL_FORMS": len(rows), "version": version}
    for number, row in enumerate(rows):
        said |= {f"line-{number}-{key}": value for key, value in row.items()}
    return said | more


def test_every_field_of_real_messages_is_shown_with_a_proposal(as_, planted, send):
    send(planted.dev_eui, 20, device=planted)
    page = as_("data").get(f"/staff/profiles/{planted.profile_id}/mapping/")
    shown = {
        line.form["path"].value(): line.form["property"].value() or ""
        for line in (*page.context["mapped"], *page.context["unmapped"])
    }
    assert shown == {
        "Bat": "Batteriespannung",
        "temp_SOIL": "Bodentemperatur",
        "water_SOIL": "",
        "ec": "",
        "strange": "",
        "door": "Offen (1 ja)",
    }


def test_a_mapping_is_tried_on_real_messages_before_it_is_saved(as_, planted, send):
    send(planted.dev_eui, 20, device=planted)
    rows = lines(
        {"path": "water_SOIL", "property": "Bodenfeuchte", "unit": "m³/m³"},
        {"path": "temp_SOIL", "property": "soil_temperature", "unit": "°C"},
        {"path": "door", "property": "contact_open", "words": "open = 1, closed = 0"},
        {"path": "strange", "property": ""},
        **{"try": "1"},
    )
    answer = as_("data").post(f"/staff/profiles/{planted.profile_id}/mapping/", rows)
    [outcome] = answer.context["outcomes"]
    assert [h.observed.slug for h in answer.context["heads"]] == [
        "soil_moisture",
        "soil_temperature",
        "contact_open",
    ]
    assert outcome.values == [20.0, 24.59, 1.0]
    assert Profile.objects.get().measures == []


def test_a_confirmed_mapping_gives_devices_their_series_and_values(as_, planted, send):
    send(planted.dev_eui, 20, device=planted)
    rows = lines(
        {"path": "ec", "property": "soil_conductivity", "unit": "uS/cm", "low": "0", "high": "0.5"},
        {"path": "Bat", "property": "battery_voltage"},
        save="1",
    )
    answer = as_("data").post(f"/staff/profiles/{planted.profile_id}/mapping/", rows)
    assert answer.status_code == 302
    profile = Profile.objects.get()
    assert profile.confirmed
    assert [(m["path"], m["factor"]) for m in profile.measures] == [("ec", 0.001), ("Bat", 1.0)]
    assert profile.battery == "Bat"
    stream = Datastream.objects.get(observed_property__slug="soil_conductivity")
    assert (stream.thing_id, stream.unit_symbol, stream.high) == (planted.thing_id, "dS/m", 0.5)
    assert Entry.objects.filter(verb="devices.mapping").count() == 1
    known = directory.Directory(fresh=0).look_up([planted.dev_eui])[planted.dev_eui]
    values = measured(known, {"Bat": 3.6, "ec": "900", "strange": 7})
    by_stream = {v.stream: v for v in values}
    assert by_stream[stream.pk].value == pytest.approx(0.9)
    # Beyond what is plausible: kept, and marked.
    assert by_stream[stream.pk].reasons
    assert len(values) == 2


def test_a_changed_mapping_is_a_version_of_its_own(as_, planted):
    address = f"/staff/profiles/{planted.profile_id}/mapping/"
    data = as_("data")
    data.post(address, lines({"path": "Bat", "property": "battery_voltage"}, save="1"))
    assert Profile.objects.get().version == 2
    assert [v.measures for v in CodecVersion.objects.filter(number=1)] == [[]]
    again = lines({"path": "Bat", "property": "battery_voltage"}, save="1", version=1)
    assert data.post(address, again).status_code == 422
    assert Profile.objects.get().version == 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"property": "Fluxkompensator"}, "property"),
        ({"property": "soil_moisture", "unit": "furlong"}, "unit"),
        ({"property": "soil_moisture", "unit": "V"}, "unit"),
        ({"property": "soil_moisture", "factor": "0"}, "factor"),
        ({"property": "soil_moisture", "factor": "nan"}, "factor"),
        ({"property": "soil_moisture", "low": "9", "high": "3"}, "high"),
        ({"property": "contact_open", "words": "open, closed"}, "words"),
        ({"property": "contact_open", "words": "open = nan"}, "words"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(as_, planted, row, field):
    rows = lines({"path": "water_SOIL", **row}, save="1")
    answer = as_("data").post(f"/staff/profiles/{planted.profile_id}/mapping/", rows)
    assert answer.status_code == 422
    assert list(answer.context["forms"].errors[0]) == [field]
    assert Profile.objects.get().measures == []


def test_two_fields_cannot_be_the_same_property(as_, planted):
    rows = lines(
        {"path": "temp_SOIL", "property": "soil_temperature"},
        {"path": "strange", "property": "Bodentemperatur"},
        save="1",
    )
    answer = as_("data").post(f"/staff/profiles/{planted.profile_id}/mapping/", rows)
    assert (answer.status_code, list(answer.context["forms"].errors[1])) == (422, ["property"])


def test_a_profile_of_a_system_offers_what_the_system_observes(as_, profile):
    page = as_("data").get(f"/staff/profiles/{profile.pk}/mapping/")
    slugs = {choice.observed.slug for choice in page.context["known"]}
    assert "air_temperature" in slugs
    assert "soil_moisture" not in slugs


def test_what_is_not_mapped_is_named_on_the_profiles_page(as_, tree):
    example = {
        "function": "decodeUplink",
        "description": "x",
        "input": {"fPort": 1, "bytes": [1]},
        "output": {"data": {"strange": 7}},
    }
    Profile.objects.update(examples=[example])
    html = as_("reader").get(f"/staff/profiles/{tree.pk}/").content.decode()
    assert "<code>strange</code>" in html


def test_fields_of_messages_that_bring_their_values_are_shown_too(as_, planted):
    Network.objects.create(slug="post", title="Post", kind="http", settings={"values": "."})
    Profile.objects.update(codec_kind="none", codec="", confirmed=True)
    Uplink.objects.create(
        source="post",
        key="k1",
        topic=f"{planted.dev_eui}",
        received=clock.now(),
        time=clock.now(),
        dev_eui=planted.dev_eui,
        device=planted,
        raw=b'{"device": "a84041000181c061", "soil": 12.5}',
        outcome="stored",
    )
    page = as_("data").get(f"/staff/profiles/{planted.profile_id}/mapping/")
    assert "soil" in {line.form["path"].value() for line in page.context["unmapped"]}
