"""The simulator as a program: against a real broker, and independent of the platform."""

import ast
import base64
import gzip
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUN = ROOT / "simulators" / "sensors" / "run.py"
FLEET = """
[[groups]]
name = "bays"
behaviour = "commuters"
format = "bosch-tps110"
device_name = "bay {number}"
application_id = "5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0b01"
application_name = "parking"
dev_eui = "02534b01"
count = 3
interval = 0.5

[[groups]]
name = "climate"
behaviour = "climate"
format = "milesight-em300-th"
device_name = "climate {number}"
application_id = "5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0b10"
application_name = "environment"
dev_eui = "02534b10"
count = 1
interval = 0.5
"""

Heard = list[tuple[str, dict[str, Any]]]


def start(demo: Path, *options: str) -> subprocess.Popen[str]:
    # -I: no help from the environment, the current folder or the tests' path.
    return subprocess.Popen(
        [sys.executable, "-I", str(RUN), "--demo", str(demo), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
    )


def run(demo: Path, *options: str) -> tuple[int, str]:
    with start(demo, *options) as process:
        output, _ = process.communicate(timeout=30)
    return process.returncode, output


def until(condition: Callable[[], object], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_flood_arrives_whole(demo: Path, heard: Heard) -> None:
    code, output = run(demo, "--flood", "300")
    assert code == 0
    assert "300 of 300 uplinks acknowledged." in output
    assert "uplinks acknowledged per second" in output
    assert until(lambda: len(heard) == 300)
    assert len({event["deduplicationId"] for _, event in heard}) == 300
    assert all(event["deviceInfo"]["devEui"] in topic for topic, event in heard)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_fleet_reports_until_told_to_end(
    demo: Path, heard: Heard, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "fleet.toml").write_text(FLEET)
    with start(demo, "--fleet", str(tmp_path / "fleet.toml"), "--gateways", "1") as process:
        assert until(lambda: len(heard) > 12)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Simulating 4 sensors" in output
    reported = {event["deviceInfo"]["devEui"] for _, event in heard}
    assert reported == {f"02534b01{n:08x}" for n in (1, 2, 3)} | {"02534b1000000001"}
    assert all(len(event["rxInfo"]) == 1 for _, event in heard)
    sent, _, acknowledged = output.splitlines()[-1].partition(" of ")
    assert acknowledged.startswith(sent)


def test_what_the_broker_missed_is_sent_after_its_restart(
    demo: Path, heard: Heard, broker: Any, tmp_path: Path
) -> None:
    (tmp_path / "fleet.toml").write_text(FLEET)
    with start(demo, "--fleet", str(tmp_path / "fleet.toml")) as process:
        assert until(lambda: len(heard) > 4)
        broker.stop()
        time.sleep(2)
        broker.start()
        before = len(heard)
        assert until(lambda: len(heard) > before + 8)
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "The broker is gone" in output
    counters = {event["deviceInfo"]["devEui"]: event.get("fCnt", 0) for _, event in heard}
    assert len(counters) == 4
    acknowledged, _, rest = output.splitlines()[-1].partition(" of ")
    assert rest.startswith(acknowledged)


def test_a_recording_is_replayed_with_its_own_times(
    demo: Path, heard: Heard, tmp_path: Path
) -> None:
    recording = tmp_path / "weather.csv.gz"
    rows = [
        "datetime,outdoor,humidity",
        "2025-05-06 10:20:00+02:00,11.9,64.0",
        "2025-05-06 10:25:00+02:00,,64.0",
        "2025-05-06 10:30:00+02:00,-2.5,99.5",
        "2025-05-06 10:35:00,12.0,50",
    ]
    recording.write_bytes(gzip.compress("\n".join(rows).encode()))
    code, output = run(
        demo, "--replay", str(recording), "--format", "em300-th", "--dev-eui", "02534b1000000004",
        "--columns", "temperature=outdoor,humidity=humidity", "--speed", "3600",
    )  # fmt: skip
    assert (code, output.splitlines()[-1]) == (0, "3 of 3 uplinks acknowledged.")
    assert until(lambda: len(heard) == 3)
    assert [event["time"] for _, event in heard] == [
        "2025-05-06T08:20:00.000000000+00:00",
        "2025-05-06T08:30:00.000000000+00:00",
        "2025-05-06T08:35:00.000000000+00:00",
    ]
    frames = [base64.b64decode(event["data"]).hex() for _, event in heard]
    assert frames == ["03677700046880", "0367e7ff0468c7", "03677800046864"]
    assert {event["deviceInfo"]["deviceName"] for _, event in heard} == {"Klimastation 4"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--replay", "x.csv"], "--replay needs --columns"),
        (["--replay", "/x.csv", "--columns", "temperature=t"], "No such file"),
        (["--replay", "x.csv", "--columns", "noise=t"], "cannot send noise"),
        (["--replay", "x.csv", "--format", "abc"], "There is no format abc"),
        (["--fleet", "/nowhere.toml"], "No such file"),
    ],
)
def test_a_wrong_command_ends_with_a_sentence(
    tmp_path: Path, options: list[str], words: str
) -> None:
    demo = tmp_path / "demo.json"
    demo.write_text(json.dumps({"mqtt": {"host": "127.0.0.1", "port": 1}}))
    code, output = run(demo, *options)
    assert code == 2
    assert words in output
    assert "Traceback" not in output


def test_the_simulators_import_nothing_of_the_platform() -> None:
    allowed = set(sys.stdlib_module_names) | {
        "paho", "http_ece", "jwt", "joserfc", "jsonschema", "cryptography", "lxml", "xmlsec",
        "reportlab", "simulators", "websockets", "ocpp", "pymodbus", "google",
    }  # fmt: skip
    files = sorted((ROOT / "simulators").rglob("*.py"))
    assert len(files) > 5
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, file
