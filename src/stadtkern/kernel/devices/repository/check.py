"""Runs the examples that came with codecs, counts how they went and keeps what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stadtkern.kernel.devices.repository.found import DOWNLINK, ENCODER, UPLINK
from stadtkern.kernel.devices.sandbox import (
    CodecPool,
    ExampleResult,
    Match,
    check_examples,
    prove_stateless,
)

FUNCTIONS = (UPLINK, ENCODER, DOWNLINK)
VERDICTS = {Match.EXACT: "exact", Match.NEAR: "close", Match.DIFFERENT: "differing"}
# What is kept of an example that differs, so that a page can show it without running anything.
MOST_KEPT = 20
LONGEST_KEPT = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many examples of one function came out exactly, closely (within 1e-6), and not at all."""

    exact: int = 0
    close: int = 0
    differing: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.exact + self.close + self.differing

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            exact=self.exact + other.exact,
            close=self.close + other.close,
            differing=self.differing + other.differing,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What running a codec's examples showed; a stateless one may keep its context."""

    results: Sequence[ExampleResult]
    stateless: bool = False

    @property
    def bad(self) -> list[ExampleResult]:
        """The examples that differ."""
        return [one for one in self.results if not one.passed]


def check(pool: CodecPool, source: str, examples: Sequence[Mapping[str, Any]]) -> Checked:
    """Run a JavaScript codec's examples in this pool, which should have one worker."""
    if not examples:
        return Checked(results=())
    results = check_examples(source, examples, pool)
    return Checked(results=results, stateless=prove_stateless(source, examples, pool))


def tallies(results: Sequence[ExampleResult]) -> dict[str, Tally]:
    """The counts by function."""
    found = dict.fromkeys(FUNCTIONS, Tally())
    for one in results:
        found[one.function] += Tally(**{VERDICTS[one.match]: 1})
    return found


def reason(result: ExampleResult) -> str:
    """In one line, what differs."""
    return "; ".join(result.differences)[:500]


def kept(results: Sequence[ExampleResult]) -> list[dict[str, str]]:
    """The examples that differ, as texts for a page."""
    return [
        {
            "function": one.function,
            "description": one.description,
            "expected": text(one.expected),
            "actual": text(one.actual.output)
            if one.actual.output is not None
            else one.actual.problem or "",
            "reason": reason(one),
        }
        for one in results
    ][:MOST_KEPT]


def text(value: Any) -> str:
    """JSON as people read it, with its keys in order, cut where it is long."""
    written = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2).decode()
    return written if len(written) <= LONGEST_KEPT else f"{written[:LONGEST_KEPT]}…"
