"""Encoders of public device formats: from values to the bytes a real device would send."""

from collections.abc import Callable
from dataclasses import dataclass

BATTERY_VOLTAGE = 3.1


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a device sends: a port and some bytes."""

    f_port: int
    payload: bytes


def bosch_tps110(*, occupied: float, temperature: float | None = None) -> Frame:
    """A change of status, or with a temperature (whole degrees Celsius) a heartbeat."""
    status = bytes([bool(occupied)])
    if temperature is None:
        return Frame(f_port=1, payload=status)
    return Frame(f_port=2, payload=status + little(temperature, 1, signed=True))


def milesight_em300_th(
    *,
    temperature: float | None = None,
    humidity: float | None = None,
    battery: float | None = None,
) -> Frame:
    """Degrees Celsius and percent."""
    payload = b""
    if battery is not None:
        payload += b"\x01\x75" + little(battery, 1)
    if temperature is not None:
        payload += b"\x03\x67" + little(temperature * 10, 2, signed=True)
    if humidity is not None:
        payload += b"\x04\x68" + little(humidity * 2, 1)
    return Frame(f_port=85, payload=payload)


def milesight_vs133(**counts: float) -> Frame:
    """Counts by the vendor's names: line_1_total_in, line_1_period_in, ..., line_4_period_out."""
    payload = b""
    for line in range(4):
        for offset, name in enumerate(("total_in", "total_out")):
            if (count := counts.get(f"line_{line + 1}_{name}")) is not None:
                payload += bytes([3 + 3 * line + offset, 0xD2]) + little(count, 4)
        period = [counts.get(f"line_{line + 1}_period_{way}") for way in ("in", "out")]
        if period != [None, None]:
            passed = b"".join(little(count or 0, 2) for count in period)
            payload += bytes([5 + 3 * line, 0xCC]) + passed
    return Frame(f_port=85, payload=payload)


def decentlab_dl_pm(
    *,
    device_id: float = 1,
    battery_voltage: float = BATTERY_VOLTAGE,
    pm1_0: float | None = None,
    pm2_5: float | None = None,
    pm4: float | None = None,
    pm10: float | None = None,
    temperature: float | None = None,
    humidity: float | None = None,
    pressure: float | None = None,
) -> Frame:
    """Micrograms per cubic metre, degrees Celsius, percent, pascal."""
    groups: list[list[float]] = [[battery_voltage * 1000], [], [], []]
    if pm10 is not None:
        groups[1] = particles(pm1_0 or 0, pm2_5 or 0, pm4 or 0, pm10)
    if temperature is not None and humidity is not None:
        groups[2] = [(temperature + 46.85) * 65536 / 175.72, (humidity + 6) * 65536 / 125]
    if pressure is not None:
        groups[3] = [pressure / 2]
    flags = sum(1 << bit for bit, words in enumerate(groups) if words)
    words = [device_id, flags, *(word for words in groups for word in words)]
    return Frame(f_port=1, payload=b"\x02" + b"".join(big(word) for word in words))


def lpp_gps(*, longitude: float, latitude: float, altitude: float = 60) -> Frame:
    """Cayenne LPP, one GPS record: degrees and metres."""
    values = (latitude * 10_000, longitude * 10_000, altitude * 100)
    record = b"".join(clamped(v, 3, signed=True).to_bytes(3, "big", signed=True) for v in values)
    return Frame(f_port=10, payload=b"\x01\x88" + record)


def adeunis_pulse(*, counter_a: float, counter_b: float = 0, number: float = 0) -> Frame:
    """Running totals of two inputs; `number` counts the frames from 0 to 7."""
    status = bytes([int(number) % 8 << 5 | 1])
    totals = b"".join(clamped(one, 4).to_bytes(4, "big") for one in (counter_a, counter_b))
    return Frame(f_port=1, payload=b"\x46" + status + totals)


def particles(pm1_0: float, pm2_5: float, pm4: float, pm10: float) -> list[float]:
    """Masses, typical size in nanometres, then numbers per cubic centimetre as they usually go."""
    masses = [pm1_0 * 10, pm2_5 * 10, pm4 * 10, pm10 * 10]
    numbers = [pm1_0 * 58, pm1_0 * 67, pm2_5 * 67, pm4 * 67, pm10 * 67]
    return [*masses, 520, *numbers]


def little(value: float, length: int, *, signed: bool = False) -> bytes:
    return clamped(value, length, signed=signed).to_bytes(length, "little", signed=signed)


def big(value: float) -> bytes:
    return clamped(value, 2).to_bytes(2, "big")


def clamped(value: float, length: int, *, signed: bool = False) -> int:
    bits = 8 * length - signed
    return max(-(1 << bits) if signed else 0, min(round(value), (1 << bits) - 1))


ENCODERS: dict[str, Callable[..., Frame]] = {
    "bosch-tps110": bosch_tps110,
    "milesight-em300-th": milesight_em300_th,
    "milesight-vs133": milesight_vs133,
    "decentlab-dl-pm": decentlab_dl_pm,
    "lpp-gps": lpp_gps,
    "adeunis-pulse": adeunis_pulse,
}


def full_name(name: str) -> str:
    """The format's name; the vendor in front may be left out."""
    for known in ENCODERS:
        if name == known or known.endswith(f"-{name}"):
            return known
    raise ValueError(f"There is no format {name}; known are {', '.join(ENCODERS)}.")
