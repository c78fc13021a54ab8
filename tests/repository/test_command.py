"""`stadtkern devices import` takes a repository in and prints what came of it."""

import pytest
from click.testing import CliRunner

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Profile
from stadtkern.site.cli import cli, django_ready


@pytest.fixture
def stadtkern(db, monkeypatch):
    monkeypatch.setattr(django_ready, "load", lambda **_: None)
    return lambda *words: CliRunner().invoke(cli, ["devices", *words])


def test_it_prints_counts_and_stores_the_profiles(stadtkern, recorded, uplinks):
    done = stadtkern("import", str(recorded), "--check-examples")
    assert done.exit_code == 0, done.output
    assert "8 vendors, 11 devices (11 with a codec), 11 codecs" in done.output
    assert f"{uplinks} uplinks, 4 encoders, 4 downlink decoders" in done.output
    assert f"uplinks             {uplinks:>8}{0:>8}{0:>11}        100.0%" in done.output
    assert Profile.objects.count() == 11
    assert Entry.objects.get(verb="profiles.import").details["new"] == 11


def test_what_differs_and_what_is_left_out_is_listed_with_its_reason(stadtkern, repository):
    codec = repository / "vendor/milesight-iot/ws301.js"
    codec.write_text(codec.read_text().replace('"open"', '"Open"'))
    (repository / "vendor/elsys/ems-door.yaml").write_text("{{")
    done = stadtkern("import", str(repository), "--check-examples", "--dry-run")
    assert done.exit_code == 0
    assert "differs  vendor/milesight-iot/ws301-codec.yaml: decodeUplink" in done.output
    assert "left out  vendor/elsys/ems-door.yaml: The file cannot be understood." in done.output
    assert "Nothing was stored" in done.output
    assert not Profile.objects.exists()


def test_a_folder_without_a_repository_ends_with_one_sentence(stadtkern, tmp_path):
    done = stadtkern("import", str(tmp_path))
    assert done.exit_code == 1
    assert "no device repository" in done.output


def test_a_zip_of_one_vendor(stadtkern, zipped, tmp_path):
    (tmp_path / "it.zip").write_bytes(zipped)
    done = stadtkern("import", str(tmp_path / "it.zip"), "--vendor", "netvox")
    assert (done.exit_code, Profile.objects.count()) == (0, 1)


def test_alone_it_lists_devices(stadtkern):
    assert stadtkern().output == "0 devices.\n"
