"""What the operator sees of the fleet: figures for a monitoring system, and the command."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device
from stadtkern.site.cli import devices as command


@pytest.fixture
def three(profile):
    """One that reports, one that is silent for a day, one that rests for a month."""
    ago = {"meldet": timedelta(minutes=1), "stumm": timedelta(days=1), "ruht": timedelta(days=30)}
    return Device.objects.bulk_create(
        Device(
            dev_eui=f"{n:016x}",
            name=name,
            profile=profile,
            last_seen=clock.now() - age,
            resting=name == "ruht",
        )
        for n, (name, age) in enumerate(ago.items())
    )


def test_devices_are_counted_once_each(three):
    said = Client().get("/metrics").content.decode()
    for state in ("reporting", "silent", "resting"):
        assert f'stadtkern_devices{{state="{state}"}} 1.0' in said


def test_the_command_says_since_when_a_device_is_silent(three, monkeypatch):
    monkeypatch.setattr(command.django_ready, "load", lambda database=False: None)
    since = three[1].last_seen + timedelta(hours=3)
    listed = CliRunner().invoke(command.devices, []).output.splitlines()
    assert listed[-1] == "3 devices."
    assert any(line.endswith(f"stumm  silent since {since:%Y-%m-%d %H:%M}Z") for line in listed)
    assert any(line.endswith("ruht  resting") for line in listed)
    silent = CliRunner().invoke(command.devices, ["--silent"]).output.splitlines()
    assert silent[-1] == "1 devices."
