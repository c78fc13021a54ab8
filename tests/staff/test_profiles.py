"""A codec is read, tried on real messages and examples, saved as a version, and taken back."""

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import CodecVersion, Profile, fingerprint

BETTER = (
    "function decodeUplink(input) {\n  return { data: { temperature: input.bytes[0] / 10 } };\n}\n"
)
EXAMPLE = {
    "function": "decodeUplink",
    "description": "It is warm",
    "input": {"fPort": 1, "bytes": [21]},
    "output": {"data": {"temperature": 21}},
}


@pytest.fixture
def address(profile):
    return f"/staff/profiles/{profile.pk}/codec/"


def written(codec, version=1, kind="javascript", **more):
    return {"codec": codec, "codec_kind": kind, "version": version, **more}


def html_of(answer):
    return answer.content.decode()


def test_profiles_are_listed_with_their_devices(as_, device):
    listed = as_("reader").get("/staff/profiles/").context["listed"].page
    assert [(p.title, p.count) for p in listed] == [("Testthermometer", 1)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=thermo", 1),
        ("q=muster+t1", 1),
        ("q=other", 0),
        ("property=air_temperature", 1),
        ("property=pm10", 0),
        ("examples=bad", 0),
        ("examples=none", 1),
        ("used=yes", 1),
        ("used=no", 0),
        ("used=open", 0),
    ],
)
def test_the_list_is_searched_by_name_measure_examples_and_use(as_, device, query, found):
    listed = as_("reader").get(f"/staff/profiles/?{query}").context["listed"].page
    assert len(listed) == found


def test_a_long_list_takes_as_many_queries_as_one_of_one(as_, profile, count_queries):
    browser = as_("reader")
    few = count_queries(lambda: browser.get("/staff/profiles/"))
    fields = {f.name: getattr(profile, f.attname) for f in Profile._meta.fields if f.name != "id"}
    fields["sensor"] = profile.sensor
    Profile.objects.bulk_create(
        Profile(**{**fields, "slug": f"p{n}", "title": f"Profil {n}"}) for n in range(300)
    )
    assert count_queries(lambda: browser.get("/staff/profiles/?q=Profil")) == few
    assert len(as_("reader").get("/staff/profiles/?page=3").context["listed"].page) == 50


def test_the_list_is_saved_as_csv(as_, device):
    text = html_of(as_("reader").get("/staff/profiles/?format=csv"))
    assert "test-thermometer;Testthermometer;Muster;T1;Lufttemperatur;1" in text


def test_a_profile_shows_its_codec_and_what_it_measures(as_, profile):
    html = html_of(as_("reader").get(f"/staff/profiles/{profile.pk}/"))
    assert "input.bytes[0]" in html
    assert "°C" in html
    assert "/codec/" not in html


def test_a_profile_shows_which_examples_differ_and_how(as_, profile):
    wrong = {**EXAMPLE, "description": "It is cold", "output": {"data": {"temperature": 5}}}
    Profile.objects.update(examples=[EXAMPLE, wrong])
    as_("data").post(f"/staff/profiles/{profile.pk}/check/")
    profile.refresh_from_db()
    assert (profile.examples_good, profile.examples_bad) == (1, 1)
    html = html_of(as_("reader").get(f"/staff/profiles/{profile.pk}/"))
    assert "It is cold" in html
    assert "&quot;temperature&quot;: 5" in html
    assert "&quot;temperature&quot;: 21" in html
    assert "It is warm" not in html


def test_a_trial_shows_old_and_new_values_and_saves_nothing(as_, device, send, address):
    for first in range(55):
        send(device.dev_eui, first, device=device)
    tried = as_("data").post(address, written(BETTER, **{"try": "1"})).context["tried"]
    assert len(tried.trials) == 50
    assert '"temperature": 54' in tried.trials[0].old
    assert '"temperature": 5.4' in tried.trials[0].new
    assert tried.differs == 50
    assert Profile.objects.get().version == 1


def test_a_trial_runs_the_examples_too(as_, profile, address):
    Profile.objects.update(examples=[EXAMPLE])
    tried = as_("data").post(address, written(BETTER, **{"try": "1"})).context["tried"]
    assert (tried.passed, [one.description for one in tried.failing]) == (0, ["It is warm"])
    assert '"temperature": 2.1' in tried.failing[0].actual


def test_a_trial_says_where_a_codec_breaks(as_, device, send, address):
    send(device.dev_eui, device=device)
    broken = "function decodeUplink(input) {\n  var a = 1;\n  return nothing.here;\n}\n"
    tried = as_("data").post(address, written(broken, **{"try": "1"})).context["tried"]
    assert "(line 3)" in tried.trials[0].problem
    assert tried.line == 3


def test_a_trial_shows_what_the_codec_said_on_its_console_and_its_time(as_, device, send, address):
    send(device.dev_eui, device=device)
    talking = BETTER.replace("  return", '  console.log("byte", input.bytes[0]);\n  return')
    answer = as_("data").post(address, written(talking, **{"try": "1"}))
    trace = answer.context["tried"].trials[0].trace
    assert trace.console == ("byte 21",)
    assert trace.seconds > 0
    assert "byte 21" in html_of(answer)


def test_a_codec_that_does_not_load_is_tried_but_not_saved(as_, address):
    source = "function decodeUplink(i) {\n  return {"
    tried = as_("data").post(address, written(source, **{"try": "1"})).context["tried"]
    assert "SyntaxError" in tried.unusable
    assert tried.line


@pytest.mark.parametrize("source", ["function decodeUplink(i) {\n  return {", "var x = 1;"])
def test_a_codec_that_reads_nothing_is_not_saved(as_, address, source):
    answer = as_("data").post(address, written(source, save="1"))
    assert answer.status_code == 422
    assert "codec threw" in " ".join(answer.context["form"].errors["codec"])
    assert Profile.objects.get().version == 1


def test_a_codec_longer_than_128_kb_is_refused(as_, address):
    answer = as_("data").post(address, written(BETTER + "/" * 131_072, save="1"))
    assert answer.status_code == 422
    assert Profile.objects.get().version == 1


def test_a_saved_codec_is_a_version_with_its_author_and_note(as_, address, people):
    as_("data").post(address, written(BETTER.replace("\n", "\r\n"), save="1", note="Zehntelgrad"))
    profile = Profile.objects.get()
    assert (profile.codec, profile.version) == (BETTER, 2)
    [newest, first] = CodecVersion.objects.all()
    assert (newest.number, newest.note, newest.author) == (2, "Zehntelgrad", "data")
    assert (first.number, first.codec == BETTER) == (1, False)
    entry = Entry.objects.get(verb="devices.codec")
    assert entry.actor == f"account:{people.data.pk}"
    assert entry.details["after"] == fingerprint(BETTER)


def test_the_examples_run_with_a_saved_codec(as_, profile, address):
    Profile.objects.update(examples=[EXAMPLE], examples_good=1, examples_bad=0, stateless=True)
    as_("data").post(address, written(BETTER, save="1"))
    profile.refresh_from_db()
    assert (profile.examples_good, profile.examples_bad, profile.results[0]["description"]) == (
        0,
        1,
        "It is warm",
    )


def test_of_two_people_who_change_a_codec_the_second_is_told(as_, address):
    as_("data").post(address, written(BETTER, save="1"))
    answer = as_("operator").post(address, written(BETTER.replace("10", "100"), save="1"))
    assert answer.status_code == 422
    assert Profile.objects.get().codec == BETTER


def test_saving_without_a_change_makes_no_version(as_, address, profile):
    as_("data").post(address, written(profile.codec, save="1"))
    assert Profile.objects.get().version == 1
    assert not Entry.objects.filter(verb="devices.codec").exists()


def test_versions_are_compared_line_by_line(as_, profile, address):
    as_("data").post(address, written(BETTER, save="1"))
    answer = as_("reader").get(f"{address}versions/")
    assert (answer.context["old"], answer.context["new"]) == (1, 2)
    assert ("+", "  return { data: { temperature: input.bytes[0] / 10 } };") in answer.context[
        "diff"
    ]
    assert ("-", "  return { data: { temperature: input.bytes[0] } };") in answer.context["diff"]


def test_going_back_makes_the_old_source_the_newest_version(as_, profile, address):
    before = profile.codec
    as_("data").post(address, written(BETTER, save="1"))
    as_("data").post(f"{address}versions/", {"back": "1"})
    profile.refresh_from_db()
    assert (profile.codec, profile.version) == (before, 3)
    assert CodecVersion.objects.get(number=2).codec == BETTER


def test_who_only_reads_changes_nothing(as_, profile, address):
    as_("data").post(address, written(BETTER, save="1"))
    reader = as_("reader")
    assert reader.get(address).status_code == 403
    assert reader.post(f"{address}versions/", {"back": "1"}).status_code == 404
    assert reader.get(f"/staff/profiles/{profile.pk}/mapping/").status_code == 403
    assert reader.post(f"/staff/profiles/{profile.pk}/check/").status_code == 403
    assert reader.get("/staff/profiles/new/").status_code == 403
    assert Profile.objects.get().version == 2


def test_a_codec_without_code_is_written_tried_and_saved(as_, device, send, address):
    send(device.dev_eui, 21, device=device)
    fields = '{"messages": [{"fields": [{"name": "temperature", "at": 0, "factor": 0.1}]}]}'
    data = as_("data")
    tried = data.post(address, written(fields, kind="fields", **{"try": "1"})).context["tried"]
    assert '"temperature": 2.1' in tried.trials[0].new
    data.post(address, written(fields, kind="fields", save="1"))
    assert Profile.objects.get().codec_kind == "fields"
    answer = data.post(address, written("{", version=2, kind="fields", save="1"))
    assert answer.status_code == 422


def test_a_city_makes_a_profile_of_its_own_from_scratch(as_, people):
    data = as_("data")
    said = {
        "title": "Leuchte am Steinplatz",
        "vendor": "Muster Licht",
        "model": "L 1",
        "every": "30",
        "codec_kind": "javascript",
    }
    answer = data.post("/staff/profiles/new/", said)
    profile = Profile.objects.get()
    assert answer["Location"].endswith(f"/staff/profiles/{profile.pk}/codec/")
    assert (profile.slug, profile.uplink_every.total_seconds()) == ("muster-licht-l-1", 1800)
    assert profile.sensor.name == "Muster Licht L 1"
    assert data.get(answer["Location"]).status_code == 200
    again = data.post("/staff/profiles/new/", said)
    assert again.status_code == 422
    changed = {**said, "title": "Andere Leuchte", "battery": "akku"}
    data.post(f"/staff/profiles/{profile.pk}/change/", changed)
    assert Profile.objects.get().title == "Andere Leuchte"
    assert {e.verb for e in Entry.objects.all()} == {
        "devices.profile_create",
        "devices.profile_change",
    }
