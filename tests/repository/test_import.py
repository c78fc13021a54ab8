"""A device repository becomes profiles: each once, checked, and what the city changed stays."""

import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.devices import proof
from stadtkern.kernel.devices.models import CodecVersion, Device, Profile
from stadtkern.kernel.devices.repository import Unusable, archive, folder, run
from stadtkern.kernel.things.models import Sensor

CODEC = "function decodeUplink(input) { return {data: {temperature: input.bytes[0]}}; }\n"
EXAMPLES = """uplinkDecoder:
  fileName: codec.js
  examples:
    - description: It is warm
      input: {fPort: 1, bytes: [21]}
      output: {data: {temperature: 21}}
"""


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def vendor(root, name, devices, codec=CODEC, examples=EXAMPLES):
    """A vendor whose devices share one codec."""
    listed = "\n".join(f"  - {device}" for device in devices)
    write(root, f"vendor/{name}/index.yaml", f"endDevices:\n{listed}\n")
    write(root, f"vendor/{name}/one-codec.yaml", examples)
    write(root, f"vendor/{name}/codec.js", codec)
    for device in devices:
        write(
            root,
            f"vendor/{name}/{device}.yaml",
            f"name: {device}\nfirmwareVersions:\n  - version: '1.0'\n"
            "    profiles:\n      EU863-870: {id: p, codec: one-codec}\n",
        )


@pytest.fixture
def small(tmp_path):
    """A repository with one vendor and one device."""
    write(tmp_path, "vendor/index.yaml", "vendors:\n  - {id: muster, name: Muster AG}\n")
    vendor(tmp_path, "muster", ["t1"])
    return tmp_path


def test_the_recorded_repository_is_reproduced_exactly(imported, uplinks):
    assert (imported.vendors, imported.devices, imported.with_codec) == (8, 11, 11)
    assert {f: t.exact for f, t in imported.tallies.items()} == {
        "decodeUplink": uplinks,
        "encodeDownlink": 4,
        "decodeDownlink": 4,
    }
    assert (imported.differing, imported.failures, imported.problems) == (0, [], [])
    assert Profile.objects.count() == imported.new == 11


def test_a_profile_tells_where_it_came_from(imported):
    profile = Profile.objects.get(slug="netvox-r311a")
    assert profile.title == "Netvox Technology Co., Ltd. R311A - Wireless Window Sensor"
    assert profile.sensor.name == "Netvox Technology Co., Ltd. r311a"
    assert profile.origin["licence"] == "Apache-2.0"
    assert profile.origin["path"] == "vendor/netvox/r311a.yaml"
    assert profile.origin["firmware"] == [{"version": "10", "codec": "r311a-codec"}]
    assert (profile.examples_good, profile.examples_bad, len(profile.examples)) == (9, 0, 9)


def test_words_of_yaml_stay_words(imported):
    [_, second] = Profile.objects.get(slug="milesight-iot-ws301").examples
    assert second["output"] == {"data": {"install": "no"}}


def test_a_zip_gives_the_same_as_the_folder(db, recorded, zipped):
    from_zip = run(archive(io.BytesIO(zipped)), check_examples=True)
    assert (from_zip.devices, from_zip.new, from_zip.differing) == (11, 11, 0)
    again = run(folder(recorded))
    assert (again.new, again.changed, again.same) == (0, 0, 11)


def test_a_second_import_makes_nothing_twice(imported, recorded):
    again = run(folder(recorded))
    assert (again.new, again.changed, again.same) == (0, 0, 11)
    assert (Profile.objects.count(), Sensor.objects.filter(name__contains="r311a").count()) == (
        11,
        1,
    )


def test_a_newer_codec_is_taken_and_the_old_one_kept(db, small):
    run(folder(small))
    write(small, "vendor/muster/codec.js", CODEC.replace("bytes[0]", "bytes[0] / 10"))
    report = run(folder(small))
    profile = Profile.objects.get()
    assert (report.changed, profile.version) == (1, 2)
    assert "/ 10" in profile.codec
    assert [v.codec for v in CodecVersion.objects.filter(number=1)] == [CODEC]


def test_what_the_city_changed_stays(db, small):
    run(folder(small))
    mine = [{"path": "t", "property": "air_temperature", "factor": 1, "offset": 0, "words": {}}]
    Profile.objects.update(
        codec="// ours\n", title="Unser Fühler", measures=mine, confirmed=True, version=2
    )
    write(small, "vendor/muster/codec.js", CODEC + "// newer\n")
    write(small, "vendor/muster/one-codec.yaml", EXAMPLES.replace("It is warm", "Warm"))
    report = run(folder(small), check_examples=True)
    profile = Profile.objects.get()
    assert report.edited == 1
    assert (profile.codec, profile.title, profile.version) == ("// ours\n", "Unser Fühler", 2)
    assert profile.measures == mine
    assert profile.examples[0]["description"] == "Warm"


def test_results_of_an_older_codec_are_not_kept_for_a_newer_one(db, small):
    run(folder(small), check_examples=True)
    assert Profile.objects.get().examples_good == 1
    write(small, "vendor/muster/codec.js", CODEC + "// newer\n")
    run(folder(small))
    profile = Profile.objects.get()
    assert (profile.checked, profile.examples_good) == (None, None)
    # The job takes up what nobody has checked.
    assert proof.prove_waiting() == "1 profiles checked"
    assert Profile.objects.get().examples_good == 1


def test_the_mapping_of_a_profile_in_use_stays_as_it_is(db, small):
    run(folder(small))
    profile = Profile.objects.get()
    assert [m["property"] for m in profile.measures] == ["air_temperature"]
    Device.objects.create(dev_eui="a84041000181c061", name="x", profile=profile)
    write(small, "vendor/muster/one-codec.yaml", EXAMPLES.replace("temperature: 21", "pm10: 21"))
    run(folder(small))
    assert [m["property"] for m in Profile.objects.get().measures] == ["air_temperature"]


def test_a_profile_that_came_another_way_is_left_alone(db, small):
    sensor = Sensor.objects.create(name="x")
    Profile.objects.create(
        slug="muster-t1",
        title="Eigenes",
        vendor="Muster",
        model="T1",
        codec="// own",
        uplink_every="1:00:00",
        sensor=sensor,
    )
    report = run(folder(small))
    assert [(p.path, p.reason) for p in report.problems] == [
        ("vendor/muster/t1.yaml", "A profile of this name exists already.")
    ]
    assert Profile.objects.get().codec == "// own"


BROKEN = {
    "bad-yaml": ("{{", "The file cannot be understood."),
    "a-list": ("- 1\n- 2\n", "The file cannot be understood."),
    "tabs": ("\tname: x", "The file cannot be understood."),
    "zero": ("name: \x00", "The file is not UTF-8 text."),
    "deep": ("a: " + "[" * 5000 + "]" * 5000, "The file cannot be understood."),
    "stairs": ("- " * 5000, "The file cannot be understood."),
    "python": ("!!python/object/apply:os.system [ls]", "The file cannot be understood."),
    "laughs": (
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{c}: &{c} [{','.join(['*' + p] * 10)}]\n"
            for p, c in zip("abcdef", "bcdefg", strict=True)
        ),
        "The file holds too much.",
    ),
    "itself": ("a: &a [*a]\n", "The file holds too much."),
    "long": ("x" * (2 * 2**20 + 1), "The file is longer than 2 MB."),
}


def test_a_broken_file_is_listed_and_stops_nothing(db, small):
    vendor(small, "muster", ["t1", *BROKEN, "missing"])
    for name, (text, _) in BROKEN.items():
        write(small, f"vendor/muster/{name}.yaml", text)
    (small / "vendor/muster/missing.yaml").unlink()
    report = run(folder(small))
    told = {
        p.path.removeprefix("vendor/muster/").removesuffix(".yaml"): p.reason
        for p in report.problems
    }
    assert told == {
        **{name: reason for name, (_, reason) in BROKEN.items()},
        "missing": "There is no such file.",
    }
    assert (report.new, report.devices) == (1, len(BROKEN) + 2)


WRONG_EXAMPLES = [
    "7",
    "{input: {bytes: [1]}}",
    "{input: {bytes: [256]}, output: {data: {}}}",
    "{input: {bytes: zz}, output: {data: {}}}",
    "{input: {bytes: [1], fPort: 900}, output: {data: {}}}",
    "{input: {bytes: [1]}, output: {data: {x: .nan}}}",
    '{input: {bytes: [1]}, output: {data: {x: "\\u0000"}}}',
]


def test_what_is_no_example_is_listed_and_left_out(db, small):
    listed = "\n".join(f"    - {one}" for one in WRONG_EXAMPLES)
    write(small, "vendor/muster/one-codec.yaml", f"{EXAMPLES}{listed}\n")
    report = run(folder(small), check_examples=True)
    assert [p.reason for p in report.problems] == ["An example cannot be used."] * len(
        WRONG_EXAMPLES
    )
    assert report.tallies["decodeUplink"].exact == 1


def test_an_example_that_differs_is_told_with_its_reason(db, small):
    wrong = EXAMPLES.replace("temperature: 21", "temperature: 20, wet: true")
    write(small, "vendor/muster/one-codec.yaml", wrong)
    report = run(folder(small), check_examples=True)
    [failure] = report.failures
    assert "temperature" in failure.reason
    assert (failure.used, report.differing) == (True, 1)
    profile = Profile.objects.get()
    assert (profile.examples_good, profile.examples_bad) == (0, 1)
    assert '"temperature": 20' in profile.results[0]["expected"]
    assert '"temperature": 21' in profile.results[0]["actual"]


def test_a_codec_that_no_device_uses_is_checked_and_marked(db, small):
    wrong = EXAMPLES.replace("temperature: 21", "temperature: 20")
    write(small, "vendor/muster/two-codec.yaml", wrong)
    report = run(folder(small), check_examples=True)
    assert (report.codecs, report.unused) == (2, 1)
    assert [f.used for f in report.failures] == [False]


def test_a_codec_that_has_to_be_killed_again_and_again_harms_only_its_examples(db, small):
    one = EXAMPLES.split("  examples:\n")[1]
    killer = "function decodeUplink() { return {data: {x: new Array(4e9).join('')}}; }"
    vendor(small, "killer", ["k1"], codec=killer, examples=EXAMPLES + one + one)
    report = run(folder(small), check_examples=True)
    assert (report.new, report.tallies["decodeUplink"].exact) == (2, 1)
    assert {f.path for f in report.failures} == {"vendor/killer/one-codec.yaml"}


def test_a_codec_beyond_128_kb_is_refused(db, small):
    write(small, "vendor/muster/codec.js", CODEC + "/" * 131_072)
    report = run(folder(small))
    assert [p.reason for p in report.problems] == ["The codec is longer than 128 kB."]
    assert not Profile.objects.exists()


def test_uplink_and_downlink_files_with_the_same_names_get_along(imported):
    codec = Profile.objects.get(slug="decentlab-dl-trs12").codec
    assert codec.count("const commands") == 2
    assert "function encodeDownlink(input)" in codec


def test_one_vendor_alone_can_be_imported(db, recorded):
    report = run(folder(recorded), vendor="netvox")
    assert (report.vendors, report.new) == (1, 1)
    with pytest.raises(Unusable, match="no such vendor"):
        run(folder(recorded), vendor="nobody")


def test_a_dry_run_stores_nothing(db, recorded, uplinks):
    report = run(folder(recorded), check_examples=True, dry=True)
    assert report.tallies["decodeUplink"].exact == uplinks
    assert not Profile.objects.exists()


def test_thousands_of_devices_take_a_bounded_number_of_statements(db, tmp_path):
    write(tmp_path, "vendor/index.yaml", "vendors: []\n")
    for number in range(6):
        vendor(tmp_path, f"v{number}", [f"d{device}" for device in range(100)])
    with CaptureQueriesContext(connection) as queries:
        report = run(folder(tmp_path))
    assert report.new == 600
    # Three batches of 200 devices.
    assert len(queries) <= 3 * 8
    with CaptureQueriesContext(connection) as queries:
        assert run(folder(tmp_path)).same == 600
    assert len(queries) <= 3 * 6


def test_chirpstacks_layout_is_read(db, tmp_path):
    top = "chirpstack-device-profiles-main/vendors/milesight"
    write(tmp_path, f"{top}/vendor.toml", '[vendor]\nname = "Milesight"\ndevices = []\n')
    write(
        tmp_path,
        f"{top}/devices/milesight-em500-pt100.toml",
        '[device]\nname = "Milesight EM500-PT100"\ndescription = "Temperature"\n'
        '[[device.firmware]]\nversion = "1.3"\nprofiles = []\ncodec = "em500-pt100.js"\n',
    )
    write(
        tmp_path,
        f"{top}/codecs/em500-pt100.js",
        "function decodeUplink(input) { var b = input.bytes; return {data: "
        "{battery: b[2], temperature: (b[5] + b[6] * 256) / 10}}; }\n"
        "function encodeDownlink(input) { return {fPort: 85, bytes: [255, 16, 255]}; }\n",
    )
    # The recorded test of the public profile.
    decode = [
        {
            "name": "Test decode Milesight EM500-PT100",
            "input": {"bytes": [1, 117, 100, 3, 103, 44, 1]},
            "expected": {"data": {"battery": 100, "temperature": 30}},
        }
    ]
    encode = [
        {
            "name": "reboot",
            "input": {"data": {"reboot": True}},
            "expected": {"fPort": 85, "bytes": [255, 16, 255]},
        }
    ]
    write(tmp_path, f"{top}/codecs/test_decode_em500-pt100.json", json.dumps(decode))
    write(tmp_path, f"{top}/codecs/test_encode_em500-pt100.json", json.dumps(encode))
    write(tmp_path, f"{top}/codecs/broken.js", "function (")
    write(tmp_path, f"{top}/codecs/test_decode_broken.json", "[{")
    licence = "MIT License\n\nPermission is hereby granted, free of charge, to any person"
    write(tmp_path, "chirpstack-device-profiles-main/LICENSE", licence)
    report = run(folder(tmp_path), check_examples=True)
    assert (report.layout, report.licence) == ("chirpstack-device-profiles", "MIT")
    assert report.tallies["decodeUplink"].exact == report.tallies["encodeDownlink"].exact == 1
    assert [p.path for p in report.problems] == ["vendors/milesight/codecs/test_decode_broken.json"]
    profile = Profile.objects.get()
    assert (profile.slug, profile.title) == ("milesight-em500-pt100", "Milesight EM500-PT100")


def test_milesights_layout_is_read(db, tmp_path):
    write(tmp_path, "em-series/em300-th/em300-th-decoder.js", CODEC)
    write(
        tmp_path,
        "em-series/em300-th/em300-th-encoder.js",
        "function encodeDownlink(input) { return {bytes: [1], fPort: 85}; }",
    )
    write(tmp_path, "em-series/em300-th/em300-th-cellular.js", "exports.handler = 1;")
    report = run(folder(tmp_path))
    assert (report.layout, report.new) == ("SensorDecoders", 1)
    assert Profile.objects.get().slug == "milesight-em300-th"


def test_another_folder_is_no_repository(db, tmp_path):
    write(tmp_path, "readme.json", "{}")
    with pytest.raises(Unusable, match="no device repository"):
        run(folder(tmp_path))
