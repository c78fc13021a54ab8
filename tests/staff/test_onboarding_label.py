"""What stands on a device's label is understood in every usual form."""

import pytest

from stadtkern.kernel.devices.onboarding import label

EUI = "24e124136b502217"


@pytest.mark.parametrize(
    "text",
    [
        "24E124136B502217",
        "24e124136b502217",
        " 24-E1-24-13-6B-50-22-17 ",
        "24:e1:24:13:6b:50:22:17",
        "24 E1 24 13 6B 50 22 17",
        "0x24E124136B502217",
        "DevEUI: 24E124136B502217",
        "DEV EUI=24-E1-24-13-6B-50-22-17; APP EUI=24E124C0002A0001",
    ],
)
def test_a_dev_eui_is_read_in_every_usual_form(text):
    assert label.read(text).dev_eui == EUI


def test_a_tr005_code_is_read_with_all_its_fields():
    """Examples as The Things Stack tests its own reader with them."""
    found = label.read(
        "LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:CCHECKSUM:O0102:SSERIAL:PX"
    )
    assert found.join_eui == "42ffffffffffffff"
    assert found.dev_eui == "4242ffffffffffff"
    assert (found.vendor, found.model) == ("42FF", "FF42")
    assert (found.owner, found.serial) == ("0102", "SERIAL")


@pytest.mark.parametrize(
    "text",
    [
        "LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:O:S:P",
        "lw:d0:42ffffffffffffff:4242ffffffffffff:42ffff42",
        "URN:LW:DP:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:%V0102",
        "URN:DEV:LW:42FFFFFFFFFFFFFF_4242FFFFFFFFFFFF_42FFFF42",
    ],
)
def test_codes_without_fields_and_of_earlier_drafts_are_read(text):
    found = label.read(text)
    assert found.dev_eui == "4242ffffffffffff"
    assert (found.vendor, found.model) == ("42FF", "FF42")


def test_keys_on_a_printed_label_are_taken():
    found = label.read(
        "SN: 6136B50221700001\nDevEUI: 24E124136B502217\nJoinEUI: 24E124C0002A0001\n"
        "AppKey: 5572404C696E6B4C6F52613230313823"
    )
    assert (found.dev_eui, found.join_eui) == (EUI, "24e124c0002a0001")
    assert found.app_key == "5572404c696e6b4c6f52613230313823"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("24E124136B50221", "15"),
        ("24E124136B5022177", "17"),
        ("24E124136B50221G", "g"),
        ("LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF", "QR"),
        ("LW:D0:42FFFFFFFF:4242FFFFFFFFFFFF:42FFFF42", "JoinEUI"),
        ("LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42AABB", "ProfileID"),
        ("", "0"),
        ("https://example.org/device/1", "s"),
    ],
)
def test_what_is_no_label_is_refused_with_the_reason(text, word):
    with pytest.raises(ValueError, match=word):
        label.read(text)
