"""What a field of a codec probably is: name, unit and size of its numbers say it."""

import pytest

from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.vocabulary import (
    conversion,
    known_unit,
    observed,
    propose,
    shown,
    terms,
)
from stadtkern.kernel.devices.vocabulary.units import UNITS


def one(data, about=()):
    [proposal] = propose([data], about=about)
    return proposal


@pytest.mark.parametrize(
    ("given", "wanted", "value", "result"),
    [
        ("uS/cm", "dS/m", 2500, 2.5),
        ("S/m", "dS/m", 0.25, 2.5),
        ("Pa", "hPa", 101325, 1013.25),
        ("kPa", "hPa", 101.325, 1013.25),
        ("[degF]", "Cel", 212, 100),
        ("K", "Cel", 273.15, 0),
        ("m3/m3", "%", 0.31, 31),
        ("mV", "V", 3600, 3.6),
        ("W.h", "kW.h", 1810, 1.81),
        ("km/h", "m/s", 36, 10),
        ("m3", "L", 1.5, 1500),
        ("cm", "mm", 12, 120),
    ],
)
def test_units_convert_as_physics_says(given, wanted, value, result):
    assert conversion(given, wanted).of(value) == pytest.approx(result, rel=1e-9)


def test_there_is_no_way_between_dimensions():
    assert conversion("V", "%") is None
    assert conversion("no such", "%") is None


@pytest.mark.parametrize(
    ("written", "ucum"),
    [
        ("µS⋅cm⁻¹", "uS/cm"),
        ("m³⋅m⁻³", "m3/m3"),
        ("µg⋅m⁻³", "ug/m3"),
        ("μg/m³", "ug/m3"),
        ("W⋅m⁻²", "W/m2"),
        ("°C", "Cel"),
        ("°F", "[degF]"),
        ("kWh", "kW.h"),
        ("MWh", "MW.h"),
        ("mWh", ""),
        ("furlong", ""),
    ],
)
def test_units_are_known_as_people_write_them(written, ucum):
    assert known_unit(written) == ucum


def test_every_unit_that_is_shown_is_understood_again():
    assert {known_unit(shown(ucum)) for ucum in UNITS} == set(UNITS)


@pytest.mark.parametrize(
    ("data", "slug", "factor"),
    [
        ({"soilTemp": 11}, "soil_temperature", 1),
        ({"temp_SOIL": "24.59"}, "soil_temperature", 1),
        ({"temperature_f": 70}, "air_temperature", 5 / 9),
        ({"pressure": 101_325}, "air_pressure", 0.01),
        ({"pressure": 1013.2}, "air_pressure", 1),
        ({"Bat": 3.6}, "battery_voltage", 1),
        ({"battery_mv": 3600}, "battery_voltage", 0.001),
        ({"battery": 92}, "battery_level", 1),
        ({"vwc": {"displayName": "Water", "unit": "m³⋅m⁻³", "value": 0.2}}, "soil_moisture", 100),
        ({"PM2_5": 12}, "pm25", 1),
        ({"pm10": 12}, "pm10", 1),
        ({"waterLevel_m": 1.2}, "water_level", 100),
        ({"noise_LAeq": 61}, "noise_laeq", 1),
        ({"ActiveEnergyImportT1": {"unit": "Wh", "value": 1810}}, "energy_import", 0.001),
    ],
)
def test_a_name_and_its_unit_say_what_a_field_is(data, slug, factor):
    proposal = one(data)
    assert (proposal.term.slug, proposal.sure) == (slug, proposal.confidence >= 0.8)
    assert proposal.factor == pytest.approx(factor, rel=1e-9)


def test_the_words_of_a_door_become_numbers():
    proposal = one({"door": "open"})
    assert (proposal.term.slug, proposal.words["open"], proposal.words["closed"]) == (
        "contact_open",
        1.0,
        0.0,
    )


@pytest.mark.parametrize(
    "data", [{"firmwareVersion": "1.2"}, {"time": 12}, {"x": 4}, {"serial": "A"}, {"flags": [1]}]
)
def test_what_nobody_knows_stays_unknown_and_is_shown(data):
    assert one(data).term is None


def test_an_implausible_value_makes_it_unsure():
    assert not one({"humidity": 4000}).sure


def test_a_guess_from_the_size_of_the_numbers_is_not_sure():
    assert not one({"humidity": 0.43}).sure


def test_of_two_fields_that_could_be_the_same_one_is_taken():
    found = propose([{"temperature": 21, "history": [{"temperature": 19}]}])
    assert [(p.field.path, p.sure) for p in found] == [
        ("temperature", True),
        ("history.0.temperature", False),
    ]


def test_what_the_codec_itself_normalises_is_certain():
    found = propose([{"b": 3.6, "q": 21, "n": 5}], [[{"air": {"temperature": 21}, "battery": 3.6}]])
    assert {p.field.path: p.term and p.term.slug for p in found} == {
        "b": "battery_voltage",
        "q": "air_temperature",
        "n": None,
    }


def test_every_term_stands_on_its_own():
    slugs = [term.slug for term in terms()]
    keys = [term.key for term in terms()]
    assert len(set(slugs)) == len(slugs) == len(set(keys))
    for term in terms():
        assert all((term.de, term.en, term.unit))
        assert term.low is None or term.high is None or term.low < term.high
        assert observed(term).slug == term.slug


def test_the_normalised_payload_of_the_things_network_is_covered():
    # lib/payload.json of the device repository; location, time and min, max, avg are no properties.
    theirs = """battery soil.moisture soil.temperature soil.ec soil.pH soil.n soil.p soil.k
        air.temperature air.relativeHumidity air.pressure air.co2 air.lightIntensity wind.speed
        wind.direction rain.intensity rain.cumulative water.leak water.temperature.current
        metering.water.total action.motion.detected action.motion.count action.contactState
        position.latitude position.longitude"""
    assert set(theirs.split()) <= {term.key for term in terms()}


def test_imported_devices_start_with_a_mapping_that_nobody_confirmed_yet(imported):
    soil = Profile.objects.get(slug="decentlab-dl-trs12")
    assert not soil.confirmed
    assert {m["path"]: (m["property"], m["factor"]) for m in soil.measures} == {
        "battery_voltage.value": ("battery_voltage", 1.0),
        "dielectric_permittivity.value": ("soil_permittivity", 1.0),
        "electrical_conductivity.value": ("soil_conductivity", 0.001),
        "soil_temperature.value": ("soil_temperature", 1.0),
        "volumetric_water_content.value": ("soil_moisture", 100.0),
    }
    assert {o["slug"]: o["unit"] for o in soil.observes}["soil_conductivity"] == "dS/m"
    assert soil.battery == "battery_voltage.value"
