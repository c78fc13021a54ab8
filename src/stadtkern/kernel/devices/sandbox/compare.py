"""Compares what a codec gave with what an example expects, as the repository's own check does."""

import math
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

TOLERANCE = 1e-9  # engines differ in the last digit
NEARLY = 1e-6
MOST = 8


class Match(IntEnum):
    """How well two values agree; the larger, the worse."""

    EXACT = 0
    # Equal within 1e-6, or null and an empty list of warnings where the other has nothing.
    NEAR = 1
    DIFFERENT = 2


def compared(expected: Any, actual: Any) -> Match:
    """How well an output agrees with the expected one: all of `data`, `warnings` and `errors`."""
    if same(expected, actual, TOLERANCE):
        return Match.EXACT
    return Match.NEAR if same(bare(expected), bare(actual), NEARLY) else Match.DIFFERENT


def same(expected: Any, actual: Any, tolerance: float) -> bool:
    """Deep equality of JSON values, numbers within the tolerance."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            same(value, actual[key], tolerance) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list):
        pairs = zip(expected, actual, strict=False)
        return len(expected) == len(actual) and all(same(e, a, tolerance) for e, a in pairs)
    if number(expected) and number(actual):
        return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance)
    return type(expected) is type(actual) and bool(expected == actual)


def bare(value: Any) -> Any:
    """The value without members that are null, and without empty lists of warnings and errors."""
    if isinstance(value, dict):
        return {
            key: bare(item)
            for key, item in value.items()
            if item is not None and not (key in ("warnings", "errors") and item == [])
        }
    return [bare(item) for item in value] if isinstance(value, list) else value


def number(value: object) -> bool:
    """Whether it is a number in JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """The first places where two values differ, as sentences."""
    found = []
    for line in _differences(expected, actual, path):
        found.append(line)
        if len(found) == MOST:
            break
    return found


def _differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted({*expected, *actual}, key=str):
            below = f"{path}.{key}" if path else str(key)
            yield from _member(expected, actual, key, below)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for place, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(one, other, f"{path}.{place}")
    elif not same(expected, actual, TOLERANCE):
        yield f"{path or 'output'}: expected {short(expected)}, got {short(actual)}"


def _member(expected: Any, actual: Any, key: Any, path: str) -> Iterator[str]:
    if key not in actual:
        yield f"{path}: expected {short(expected[key])}, got nothing"
    elif key not in expected:
        yield f"{path}: expected nothing, got {short(actual[key])}"
    else:
        yield from _differences(expected[key], actual[key], path)


def short(value: Any) -> str:
    """A value in at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
