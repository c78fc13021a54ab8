"""Runs a codec over recorded examples: the proof that it reads what real devices sent."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.devices.sandbox.message import JSON, Decoded, Uplink
from stadtkern.kernel.devices.sandbox.pool import CodecPool

RECEIVED = "2026-01-01T00:00:00Z"
TOLERANCE = 1e-9  # engines differ in the last digit


@dataclass(frozen=True, kw_only=True)
class ExampleResult:
    """One example with what was expected and what came."""

    description: str
    passed: bool
    expected: Mapping[str, JSON]
    actual: Decoded


def check_examples(
    source: str, examples: Iterable[Mapping[str, Any]], pool: CodecPool | None = None
) -> list[ExampleResult]:
    """Examples as in the public device repositories: description, input, output."""
    if pool is None:
        with CodecPool(workers=1) as own:
            return check_examples(source, examples, own)
    listed = list(examples)
    decoded = pool.decode([uplink(source, example["input"]) for example in listed])
    return [
        ExampleResult(
            description=example["description"],
            passed=matches(example["output"], result),
            expected=example["output"],
            actual=result,
        )
        for example, result in zip(listed, decoded, strict=True)
    ]


def uplink(source: str, given: Mapping[str, Any]) -> Uplink:
    return Uplink(
        codec="example",
        source=source,
        f_port=given["fPort"],
        payload=bytes(given["bytes"]),
        received=given.get("recvTime", RECEIVED),
        variables=given.get("variables", {}),
    )


def matches(expected: Mapping[str, Any], actual: Decoded) -> bool:
    errors = expected.get("errors") or []
    problem = f"codec reported: {'; '.join(errors)}" if errors else None
    return (
        same(expected.get("data", {}), actual.data)
        and actual.problem == problem
        and same(expected.get("warnings", []), list(actual.warnings))
    )


def same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            same(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if number(expected) and number(actual):
        return math.isclose(expected, actual, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(expected) is type(actual) and bool(expected == actual)


def number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
