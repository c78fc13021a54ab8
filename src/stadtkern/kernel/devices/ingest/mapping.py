"""From a decoded object to observations: paths, words, units, plausible ranges."""

from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.devices.ingest.directory import Known, Rule, Stream
from stadtkern.kernel.things import store
from stadtkern.kernel.things.quality.checks.range import beyond
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.store import GOOD


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One number for one datastream, with its quality and the reasons for it."""

    stream: int
    value: float
    quality: int
    reasons: tuple[Reason, ...] = ()


def look(data: Any, path: str) -> Any:
    """What a dotted path names in a decoded object (`soil.0.moisture`); None where nothing."""
    for step in path.split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def measured(known: Known, data: dict[str, Any]) -> list[Measured]:
    """The numbers that this device's rules find; fields that are absent give none."""
    found = []
    for rule in known.rules:
        stream = known.streams.get(rule.property)
        value = number(look(data, rule.path), rule)
        if stream is not None and value is not None:
            found.append(_judged(stream, value))
    return found


def number(raw: Any, rule: Rule) -> float | None:
    """A number that the store can hold, in the property's unit, or None."""
    if isinstance(raw, str):
        raw = rule.words[raw] if raw in rule.words else _written(raw)
    elif isinstance(raw, bool):
        raw = float(raw)
    if not isinstance(raw, int | float):
        return None
    try:
        value = float(raw) * rule.factor + rule.offset
    except OverflowError:
        return None
    # NaN compares with nothing; the store refuses what lies beyond.
    return value if abs(value) <= store.LARGEST else None


def _written(text: str) -> float | None:
    """A number that a codec gives as text ("24.1"), as some do."""
    try:
        return float(text) if len(text) <= 40 else None
    except ValueError:
        return None


def _judged(stream: Stream, value: float) -> Measured:
    reason = beyond(value, {"low": stream.low, "high": stream.high})
    if reason is None:
        return Measured(stream=stream.id, value=value, quality=GOOD)
    return Measured(stream=stream.id, value=value, quality=reason.grade, reasons=(reason,))
