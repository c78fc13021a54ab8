"""Runs a codec over recorded examples: the proof that it reads what real devices sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from stadtkern.kernel.devices.sandbox.answer import Answer
from stadtkern.kernel.devices.sandbox.compare import Match, compared, differences
from stadtkern.kernel.devices.sandbox.message import (
    JSON,
    Call,
    Decoded,
    Downlink,
    Mode,
    Uplink,
    Wish,
)
from stadtkern.kernel.devices.sandbox.pool import CodecPool

RECEIVED = "2026-01-01T00:00:00Z"
FUNCTIONS = ("decodeUplink", "encodeDownlink", "decodeDownlink")


@dataclass(frozen=True, kw_only=True)
class ExampleResult:
    """One example with what was expected and what came; `differences` are sentences."""

    function: str
    description: str
    match: Match
    expected: Mapping[str, JSON]
    actual: Answer
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it came out as it should; `match` tells how exactly."""
        return self.match != Match.DIFFERENT


def check_examples(
    source: str, examples: Iterable[Mapping[str, Any]], pool: CodecPool | None = None
) -> list[ExampleResult]:
    """Examples as in the public device repositories: function, description, input, output.

    Without `function` it is `decodeUplink`. `normalizedOutput` is compared too where there is one.
    """
    if pool is None:
        with CodecPool(workers=1) as own:
            return check_examples(source, examples, own)
    listed = list(examples)
    answers = pool.run([call(source, example) for example in listed])
    return [judged(*pair) for pair in zip(listed, answers, strict=True)]


def call(source: str, example: Mapping[str, Any], mode: Mode = Mode.FRESH) -> Call:
    """The call that an example describes."""
    given = example["input"]
    common: dict[str, Any] = {
        # A name of its own: a codec that has to be stopped shall not pause the next one.
        "codec": sha256(source.encode(errors="replace")).hexdigest(),
        "source": source,
        "variables": given.get("variables") or {},
        "mode": mode,
    }
    function = example.get("function") or "decodeUplink"
    if function == "encodeDownlink":
        return Wish(data=given.get("data") or {}, f_port=given.get("fPort"), **common)
    common |= {"f_port": given.get("fPort") or 0, "payload": octets(given.get("bytes"))}
    if function == "decodeDownlink":
        return Downlink(**common)
    return Uplink(received=given.get("recvTime") or RECEIVED, **common)


def octets(given: Any) -> bytes:
    """The bytes of an example: a list of numbers, or hexadecimal text."""
    if isinstance(given, str):
        return bytes.fromhex(given)
    return bytes(int(one) & 255 for one in given or [])


def judged(example: Mapping[str, Any], answer: Answer) -> ExampleResult:
    """How well an answer is what the example expects."""
    expected = example.get("output") or {}
    found = [compared(expected, answer.output)]
    differ = differences(expected, answer.output) if answer.output is not None else []
    if (wanted := example.get("normalizedOutput")) is not None:
        normalized = answer.normalized if isinstance(answer, Decoded) else None
        found.append(compared(measurements(wanted), normalized))
        differ += differences(measurements(wanted), normalized, "normalized")
    if answer.output is None and answer.problem:
        differ = [answer.problem, *differ]
    return ExampleResult(
        function=example.get("function") or "decodeUplink",
        description=str(example.get("description") or ""),
        match=max(found),
        expected=expected,
        actual=answer,
        differences=tuple(differ),
    )


def measurements(output: Any) -> Any:
    """The measurements of a normalized output, always as a list."""
    data = output.get("data") if isinstance(output, Mapping) else output
    return data if isinstance(data, list) else [data]
