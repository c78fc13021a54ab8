"""The simulated devices, read from a data file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLEET = Path(__file__).with_name("fleet.toml")


@dataclass(frozen=True, kw_only=True)
class Device:
    """One simulated device; `number` counts from 1 within its group.

    `at` is where it stands, if anywhere; `loss` (dB) is what the ground or a wall takes.
    """

    dev_eui: str
    name: str
    number: int
    format: str
    application_id: str
    application_name: str
    at: tuple[float, float] | None = None
    loss: float = 0.0
    spreading_factor: int = 0


@dataclass(frozen=True, kw_only=True)
class Group:
    """Devices of one kind that behave alike; `interval` in seconds."""

    name: str
    behaviour: str
    interval: float
    devices: tuple[Device, ...]


def load(path: Path = FLEET) -> tuple[Group, ...]:
    with path.open("rb") as file:
        return tuple(group(entry) for entry in tomllib.load(file)["groups"])


def group(entry: dict[str, Any]) -> Group:
    return Group(
        name=entry["name"],
        behaviour=entry["behaviour"],
        interval=entry["interval"],
        devices=tuple(device(entry, number) for number in range(1, entry["count"] + 1)),
    )


def device(entry: dict[str, Any], number: int) -> Device:
    places = entry.get("places", [])
    return Device(
        dev_eui=f"{entry['dev_eui']}{number:08x}",
        name=entry["device_name"].format(number=number),
        number=number,
        format=entry["format"],
        application_id=entry["application_id"],
        application_name=entry["application_name"],
        at=tuple(places[(number - 1) % len(places)]) if places else None,
        loss=entry.get("loss", 0.0),
        spreading_factor=entry.get("spreading_factor", 0),
    )


def find(groups: tuple[Group, ...], dev_eui: str, format_name: str) -> Device:
    """The device of that DevEUI, or a further one in the application of its format."""
    known = [device for group in groups for device in group.devices]
    for candidate in known:
        if candidate.dev_eui == dev_eui:
            return candidate
    like = next(candidate for candidate in known if candidate.format == format_name)
    return Device(
        dev_eui=dev_eui,
        name=f"Gerät {dev_eui}",
        number=0,
        format=format_name,
        application_id=like.application_id,
        application_name=like.application_name,
    )
