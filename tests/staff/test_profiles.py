"""A codec is read, tried on real messages, and saved as a new version."""

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Profile, fingerprint

BETTER = (
    "function decodeUplink(input) {\n  return { data: { temperature: input.bytes[0] / 10 } };\n}\n"
)


@pytest.fixture
def address(profile):
    return f"/staff/profiles/{profile.pk}/codec/"


def test_profiles_are_listed_with_their_devices(as_, device):
    listed = as_("reader").get("/staff/profiles/").context["listed"].page
    assert [(p.title, p.count) for p in listed] == [("Testthermometer", 1)]


def test_a_profile_shows_its_codec_and_what_it_measures(as_, profile):
    html = as_("reader").get(f"/staff/profiles/{profile.pk}/").content.decode()
    assert "input.bytes[0]" in html
    assert "°C" in html
    assert "/codec/" not in html


def test_a_trial_shows_old_and_new_values_and_saves_nothing(as_, device, send, address):
    for first in range(25):
        send(device.dev_eui, first, device=device)
    answer = as_("data").post(address, {"codec": BETTER, "version": 1, "try": "1"})
    trials = answer.context["trials"]
    assert len(trials) == 20
    assert ('"temperature": 24' in trials[0].old, '"temperature": 2.4' in trials[0].new) == (
        True,
        True,
    )
    assert [t.same for t in trials].count(True) == 0
    assert Profile.objects.get().version == 1


def test_a_trial_says_where_a_codec_breaks(as_, device, send, address):
    send(device.dev_eui, device=device)
    broken = "function decodeUplink(input) {\n  var a = 1;\n  return nothing.here;\n}\n"
    answer = as_("data").post(address, {"codec": broken, "version": 1, "try": "1"})
    assert "(line 3)" in answer.context["trials"][0].problem


@pytest.mark.parametrize("source", ["function decodeUplink(i) {\n  return {", "var x = 1;"])
def test_a_codec_that_does_not_load_is_not_saved(as_, address, source):
    answer = as_("data").post(address, {"codec": source, "version": 1, "save": "1"})
    assert answer.status_code == 422
    assert "codec threw" in " ".join(answer.context["form"].errors["codec"])
    assert Profile.objects.get().version == 1


def test_a_saved_codec_is_a_new_version_in_the_audit_log(as_, address, people):
    as_("data").post(address, {"codec": BETTER.replace("\n", "\r\n"), "version": 1, "save": "1"})
    profile = Profile.objects.get()
    assert (profile.codec, profile.version) == (BETTER, 2)
    entry = Entry.objects.get(verb="devices.codec")
    assert entry.actor == f"account:{people.data.pk}"
    assert entry.details["after"] == fingerprint(BETTER)


def test_of_two_people_who_change_a_codec_the_second_is_told(as_, address):
    as_("data").post(address, {"codec": BETTER, "version": 1, "save": "1"})
    answer = as_("operator").post(
        address, {"codec": BETTER.replace("10", "100"), "version": 1, "save": "1"}
    )
    assert answer.status_code == 422
    assert Profile.objects.get().codec == BETTER


def test_saving_without_a_change_makes_no_version(as_, address, profile):
    as_("data").post(address, {"codec": profile.codec, "version": 1, "save": "1"})
    assert Profile.objects.get().version == 1
    assert not Entry.objects.filter(verb="devices.codec").exists()
