"""What the simulated devices send is what our codecs read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stadtkern.systems
from simulators.sensors.fleet import load
from simulators.sensors.formats import ENCODERS, Frame, full_name
from stadtkern.kernel.devices.sandbox import CodecPool, Uplink

SYSTEMS = Path(stadtkern.systems.__path__[0])

few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def pool() -> Iterator[CodecPool]:
    with CodecPool(workers=1) as pool:
        yield pool


def decoded(pool: CodecPool, format_name: str, **values: float | None) -> dict[str, Any]:
    frame = ENCODERS[format_name](**values)
    [codec] = SYSTEMS.glob(f"*/codecs/{format_name}.js")
    uplink = Uplink(
        codec=format_name,
        source=codec.read_text(),
        f_port=frame.f_port,
        payload=frame.payload,
        received="2026-11-22T23:30:00Z",
    )
    [result] = pool.decode([uplink])
    assert (result.problem, result.warnings) == (None, ())
    return dict(result.data)


@few
@given(occupied=st.booleans(), temperature=st.none() | st.integers(-40, 85))
def test_a_bay_says_whether_it_is_taken(
    pool: CodecPool, occupied: bool, temperature: int | None
) -> None:
    data = decoded(pool, "bosch-tps110", occupied=occupied, temperature=temperature)
    assert data.pop("type") == ("parking status" if temperature is None else "heartbeat")
    expected = {} if temperature is None else {"temperature": temperature}
    assert data == {"occupied": occupied, **expected}


@few
@given(entered=st.integers(0, 2**32 - 1), left=st.integers(0, 2**32 - 1), n=st.integers(0, 40))
def test_a_counter_at_a_lane_sends_its_totals(
    pool: CodecPool, entered: int, left: int, n: int
) -> None:
    data = decoded(pool, "adeunis-pulse", counter_a=entered, counter_b=left, number=n)
    assert data == {
        "counterA": entered, "counterB": left, "lowBattery": False, "frame": n % 8
    }  # fmt: skip


@few
@given(temperature=st.floats(-40, 85), humidity=st.floats(0, 100), battery=st.integers(0, 100))
def test_a_climate_station_sends_its_values(
    pool: CodecPool, temperature: float, humidity: float, battery: int
) -> None:
    data = decoded(
        pool, "milesight-em300-th", temperature=temperature, humidity=humidity, battery=battery
    )
    assert data["temperature"] == pytest.approx(temperature, abs=0.051)
    assert data["humidity"] == pytest.approx(humidity, abs=0.251)
    assert data["battery"] == battery


@few
@given(st.dictionaries(st.integers(1, 4), st.tuples(*[st.integers(0, 65535)] * 4), min_size=1))
def test_a_counter_sends_its_totals_and_periods(
    pool: CodecPool, lines: dict[int, tuple[int, ...]]
) -> None:
    names = ("total_in", "total_out", "period_in", "period_out")
    counts = {
        f"line_{line}_{name}": count * (65_537 if name.startswith("total") else 1)
        for line, row in lines.items()
        for name, count in zip(names, row, strict=True)
    }
    assert decoded(pool, "milesight-vs133", **counts) == counts


@few
@given(
    masses=st.tuples(*[st.floats(0, 1000)] * 4),
    temperature=st.floats(-40, 85),
    humidity=st.floats(0, 100),
    pressure=st.floats(80_000, 110_000),
)
def test_an_air_station_sends_dust_and_weather(
    pool: CodecPool,
    masses: tuple[float, ...],
    temperature: float,
    humidity: float,
    pressure: float,
) -> None:
    dust = dict(zip(("pm1_0", "pm2_5", "pm4", "pm10"), masses, strict=True))
    data = decoded(
        pool, "decentlab-dl-pm", device_id=7, temperature=temperature, humidity=humidity,
        pressure=pressure, **dust,
    )  # fmt: skip
    for name, mass in dust.items():
        assert data[f"{name}_mass_concentration"]["value"] == pytest.approx(mass, abs=0.051)
    assert data["air_temperature"]["value"] == pytest.approx(temperature, abs=0.01)
    assert data["air_humidity"]["value"] == pytest.approx(humidity, abs=0.01)
    assert data["barometric_pressure"]["value"] == pytest.approx(pressure, abs=1.01)
    assert data["device_id"] == 7


def test_an_air_station_may_leave_groups_out(pool: CodecPool) -> None:
    data = decoded(pool, "decentlab-dl-pm", battery_voltage=3.3, pressure=101_300)
    assert data["battery_voltage"]["value"] == 3.3
    assert data["barometric_pressure"]["value"] == 101_300
    assert len(data) == 4


def test_recorded_bytes_come_out_of_the_encoders() -> None:
    # From the public examples: our encoders are checked against others' bytes, not only our codecs.
    climate = ENCODERS["milesight-em300-th"](battery=50, temperature=20.0, humidity=30.0)
    assert climate.payload.hex() == "0175320367c80004683c"
    assert ENCODERS["bosch-tps110"](occupied=1, temperature=-1) == Frame(
        f_port=2, payload=b"\x01\xff"
    )
    air = ENCODERS["decentlab-dl-pm"](
        device_id=6992, battery_voltage=3.109, pressure=96_800,
        temperature=24.35660461425781, humidity=41.63221740722656,
    )  # fmt: skip
    assert air.payload.hex() == "021b50000d0c2567bd618dbd10"
    counter = ENCODERS["milesight-vs133"](line_4_total_in=5300, line_4_total_out=6797)
    assert counter.payload.hex() == "0cd2b41400000dd28d1a0000"


def test_values_out_of_range_are_clamped() -> None:
    assert ENCODERS["bosch-tps110"](occupied=0, temperature=-200).payload == b"\x00\x80"
    assert ENCODERS["milesight-em300-th"](humidity=200).payload == b"\x04\x68\xff"


def test_a_format_may_be_called_without_its_vendor() -> None:
    assert full_name("em300-th") == full_name("milesight-em300-th") == "milesight-em300-th"
    with pytest.raises(ValueError, match="no format abc"):
        full_name("abc")


def test_the_fleet_follows_the_rule_for_device_keys() -> None:
    groups = load()
    counts = {group.devices[0].dev_eui[:8]: len(group.devices) for group in groups}
    assert counts == {
        "02534b01": 165, "02534b02": 165, "02534b03": 2, "02534b10": 6, "02534b11": 3, "02534b12": 2,
        "02534b20": 1,
    }  # fmt: skip
    assert groups[0].devices[0].dev_eui == "02534b0100000001"
    assert groups[1].devices[164].dev_eui == "02534b02000000a5"
    keys = [device.dev_eui for group in groups for device in group.devices]
    assert len(set(keys)) == len(keys)
    # The second-lowest bit of the first byte marks a locally administered key.
    assert all(int(key[:2], 16) & 2 for key in keys)
    assert {device.format for group in groups for device in group.devices} == set(ENCODERS)
