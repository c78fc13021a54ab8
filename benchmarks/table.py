"""The table that the benchmarks print: one row as soon as it is known."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

WIDTHS = (58, 32, 18, 3)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure; without an aim there is nothing to be met."""

    what: str
    figure: str
    aim: str = ""
    met: bool | None = None


def head() -> None:
    """Print the head of the table."""
    _line("what", "figure", "aim", "met")
    print(f"|{'|'.join('-' * (width + 2) for width in WIDTHS)}|", flush=True)


def row(one: Row) -> None:
    """Print one row."""
    _line(one.what, one.figure, one.aim, "" if one.met is None else "yes" if one.met else "NO")


def _line(*cells: str) -> None:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    print(f"| {' | '.join(padded)} |", flush=True)


def progress(text: str) -> None:
    """Say what takes so long; beside the table, so that it can be copied as it is."""
    print(text, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def times(values: Sequence[float]) -> str:
    """Median and 95th percentile of seconds, in milliseconds."""
    middle, late = percentile(values, 0.5) * 1000, percentile(values, 0.95) * 1000
    return f"p50 {middle:.1f} ms, p95 {late:.1f} ms"
