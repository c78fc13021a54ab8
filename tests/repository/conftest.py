"""A recorded device repository: 11 real devices of 8 vendors, with the examples they came with."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

import stadtkern.systems
from stadtkern.kernel.devices.repository import folder, run

DATA = Path(__file__).parent / "data" / "lorawan-devices"
SYSTEMS = Path(stadtkern.systems.__path__[0])
# Devices whose codecs systems ship: vendor and file of the repository -> the shipped codec.
SHIPPED = {
    "bosch/tps110": "parking/codecs/bosch-tps110",
    "decentlab/dl-pm": "environment/codecs/decentlab-dl-pm",
    "milesight-iot/em300-th": "environment/codecs/milesight-em300-th",
    "milesight-iot/vs133": "environment/codecs/milesight-vs133",
}


def shipped_examples(codec):
    """The uplink examples beside a shipped codec."""
    listed = json.loads((SYSTEMS / f"{codec}.examples.json").read_text(encoding="utf-8"))
    return [e for e in listed if e.get("function", "decodeUplink") == "decodeUplink"]


@pytest.fixture(scope="session")
def uplinks():
    """How many uplink examples the recorded repository has: 16 of its own, and the shipped ones."""
    return 16 + sum(len(shipped_examples(codec)) for codec in SHIPPED.values())


@pytest.fixture(scope="session")
def recorded(tmp_path_factory):
    """The recorded repository as a folder; do not change it."""
    root = tmp_path_factory.mktemp("repository") / "lorawan-devices"
    shutil.copytree(DATA, root)
    for device, codec in SHIPPED.items():
        vendor, name = device.split("/")
        at = root / "vendor" / vendor
        shutil.copy(SYSTEMS / f"{codec}.js", at / f"{name}.js")
        said = {"uplinkDecoder": {"fileName": f"{name}.js", "examples": shipped_examples(codec)}}
        # JSON is YAML.
        (at / f"{name}-codec.yaml").write_text(json.dumps(said), encoding="utf-8")
    return root


@pytest.fixture
def repository(recorded, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(recorded, tmp_path / "lorawan-devices")


@pytest.fixture
def zipped(recorded):
    """The recorded repository as the bytes of a zip, in one folder as code hosts make them."""
    return zip_of(recorded, "lorawan-devices-master/")


def zip_of(root, inside=""):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, inside + path.relative_to(root).as_posix())
    return held.getvalue()


@pytest.fixture
def imported(db, recorded):
    """The report of importing and checking the recorded repository."""
    return run(folder(recorded), check_examples=True)
