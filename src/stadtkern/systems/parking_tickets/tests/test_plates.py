"""Number plates are one and the same however they are typed, and nobody can turn a key back."""

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.systems.parking_tickets import plates


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("her-ne 1e", "HERNE1E"),
        ("HER NE1", "HERNE1"),
        ("HE RNE1", "HERNE1"),
        ("HER·AB:123", "HERAB123"),
        ("her – ab 12h", "HERAB12H"),
        ("FÜ-AB 12", "FÜAB12"),
        ("Fu\u0308 AB 12", "FÜAB12"),
        ("LÖ-Ö 1", "LÖÖ1"),
        ("HER-AB 12 04/10", "HERAB12"),
        ("HER-AB 12E 04–10", "HERAB12E"),
        ("СВ 1234 АК", "CB1234AK"),
        ("1-ABC-234", "1ABC234"),
        ("X 99\u00a0XYZ", "X99XYZ"),
    ],
)
def test_a_plate_is_written_one_way(typed, plate):
    assert plates.normal(typed) == plate
    assert plates.normal(plate) == plate


@pytest.mark.parametrize("typed", ["", " - ", "A", "A" * 16, "HER\x00AB1", "HER<b>1", "車12345"])
def test_what_is_no_plate_is_refused(typed):
    with pytest.raises(plates.BadPlate):
        plates.normal(typed)


def test_umlauts_count():
    assert plates.key_of(plates.normal("FÜ AB 1")) != plates.key_of(plates.normal("FU AB 1"))


def test_look_alikes_are_only_suggested():
    assert plates.normal("HER O0 1") == "HERO01"
    assert "HERO1" not in plates.suggestions("HER AB 1")
    assert plates.suggestions("HER AB I23")[0] == "HERAB123"
    assert "HERAB18" in plates.suggestions("HER AB 1B")
    assert "HERAB10" in plates.suggestions("HER AB 1O")
    assert all(plates.GERMAN.fullmatch(one) for one in plates.suggestions("B8 O0 I1"))


@given(st.text("ABCÄÖÜ0189EHIO", min_size=2, max_size=15))
def test_sealing_turns_back_and_keys_fit_the_column(plate):
    assert plates.shown(plates.seal(plate)) == plate
    assert -(2**63) <= plates.key_of(plate) <= plates.HIGHEST
    # Two letters stand in any sealed text by chance, six do not.
    assert len(plate) < 6 or plate.encode() not in plates.seal(plate)
    assert plate not in plates.suggestions(plate)


def test_a_new_secret_makes_new_keys_and_finds_the_old_ones():
    old = plates.key_of("HERAB1")
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["one", "two"]):
        new = plates.key_of("HERAB1")
        assert new != old
        assert plates.keys_of("HERAB1")[0] == new
        assert len(set(plates.keys_of("HERAB1"))) == 3
