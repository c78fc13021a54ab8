"""The fields that a codec's answers have, with samples of their values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.devices.vocabulary.units import known_unit

DEEPEST = 6
LONGEST_LIST = 8
MOST_FIELDS = 300
SAMPLES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of decoded objects: its dotted path, and values that were seen in it.

    `unit` is UCUM where the answer itself names it, as `{displayName, value, unit}` do; `name` is
    what to call it, without the step that only holds the value.
    """

    path: str
    name: str
    unit: str
    samples: tuple[Any, ...]

    def numbers(self) -> list[float]:
        """The samples that are numbers, or texts that are one."""
        return [n for sample in self.samples if (n := as_number(sample)) is not None]

    def words(self) -> list[str]:
        """The samples that are words."""
        return [s for s in self.samples if isinstance(s, str) and as_number(s) is None]


def as_number(value: Any) -> float | None:
    """A number, also one in a text as some codecs give it; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def fields(decoded: Iterable[Mapping[str, Any]]) -> list[Field]:
    """Every field in these objects, in the order of their first appearance."""
    found: dict[str, tuple[str, str, list[Any]]] = {}
    for data in decoded:
        for path, name, unit, value in _leaves(data, "", 0):
            if path not in found and len(found) >= MOST_FIELDS:
                continue
            samples = found.setdefault(path, (name, unit, []))[2]
            if len(samples) < SAMPLES and value not in samples:
                samples.append(value)
    return [
        Field(path=path, name=name, unit=unit, samples=tuple(samples))
        for path, (name, unit, samples) in found.items()
    ]


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, str, str, Any]]:
    """Path, name, unit and value of each leaf."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        yield from _of_object(value, path, depth)
    elif isinstance(value, list):
        for index, item in enumerate(value[:LONGEST_LIST]):
            yield from _leaves(item, f"{path}.{index}", depth + 1)
    elif path:
        yield path, path, "", value


def _of_object(value: Mapping[str, Any], path: str, depth: int) -> Iterator[Any]:
    measured = _measured(value)
    if path and measured is not None:
        yield f"{path}.value", path, measured, value["value"]
        return
    for key, item in value.items():
        # A path is split at its dots, so that such a key cannot be named.
        if key and "." not in key:
            yield from _leaves(item, f"{path}.{key}" if path else key, depth + 1)


def _measured(value: Mapping[str, Any]) -> str | None:
    """The unit (UCUM, or empty) of `{value, unit, displayName}`; None where it is no such one."""
    inner = value.get("value")
    if isinstance(inner, dict | list) or inner is None or not {"unit", "displayName"} & set(value):
        return None
    unit = value.get("unit")
    return known_unit(unit) if isinstance(unit, str) else ""
