"""What is a part of what: proposed by keys and words, believed only where the numbers add up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from stadtkern.systems.statistics.reading.extract import Codes
from stadtkern.systems.statistics.reading.words import Label

Numbers = Mapping[Codes, Decimal | None]
# Where nothing can be checked, a relation is believed: keeping too much secret harms nobody.
Wholes = dict[str, str]
Lines = Sequence[dict[str, Decimal | None]]
MOST_NESTED = 60
ZERO = Decimal(0)


def wholes(dim: int, kind: str, labels: Mapping[str, Label], cells: Numbers) -> Wholes:
    """The whole of each item of a dimension: code -> code."""
    lines = _lines(dim, cells)
    proposed = _by_key(labels) if kind == "area" else {}
    if not proposed:
        return _nested(list(labels), labels, lines)
    by_whole: dict[str, list[str]] = defaultdict(list)
    for part, whole in proposed.items():
        by_whole[whole].append(part)
    found = {
        part: whole
        for whole, parts in by_whole.items()
        if len(parts) > 1 and _adds(parts, whole, lines)
        for part in parts
    }
    return found or _nested(list(labels), labels, lines)


def _nested(codes: list[str], labels: Mapping[str, Label], lines: Lines) -> Wholes:
    """Runs of items beside their whole, the smallest first; what is a part counts no further.

    A total may have any number of lines behind it; any other whole needs two that are not zero,
    since by chance a single number is the sum of its neighbours.
    """
    total = next((code for code in codes if labels[code].total), None)
    others = [code for code in codes if code != total]
    if total and len(others) > 1 and _adds(others, total, lines):
        return dict.fromkeys(others, total)
    found: Wholes = {}
    while True:
        left = [code for code in codes if code not in found]
        run = _next_run(left, labels, lines) if len(left) <= MOST_NESTED else None
        if run is None:
            break
        found.update(dict.fromkeys(run[1], run[0]))
    if total:
        rest = [code for code in others if code not in found]
        parts = _run(rest, total, lines)
        # By chance a part may have looked like a whole; then the total counts for more.
        return (
            {**found, **dict.fromkeys(parts, total)}
            if parts
            else dict.fromkeys(_run(others, total, lines), total)
        )
    return found


def _next_run(
    left: Sequence[str], labels: Mapping[str, Label], lines: Lines
) -> tuple[str, Sequence[str]] | None:
    """The shortest run of at least two items that adds up to the item before or after it."""
    for length in range(2, len(left)):
        for start in range(len(left) - length + 1):
            run = left[start : start + length]
            if any(labels[code].total for code in run):
                continue
            for place in (start - 1, start + length):
                if not 0 <= place < len(left) or labels[left[place]].total:
                    continue
                if _adds(run, left[place], lines, least=2):
                    return left[place], run
    return None


def _lines(dim: int, cells: Numbers) -> list[dict[str, Decimal | None]]:
    """The numbers along this dimension, one line for each combination of the others."""
    found: dict[Codes, dict[str, Decimal | None]] = defaultdict(dict)
    for key, value in cells.items():
        found[(*key[:dim], *key[dim + 1 :])][key[dim]] = value
    return list(found.values())


def _by_key(labels: Mapping[str, Label]) -> Wholes:
    """Official keys begin with the key of what they lie in."""
    codes = set(labels)
    found = {}
    for code in codes:
        above = [code[:n] for n in range(len(code) - 1, 0, -1) if code[:n] in codes]
        above = above if code.isdigit() else []
        if above:
            found[code] = above[0]
        elif code not in ("DG", "total") and codes & {"DG", "total"}:
            found[code] = "total" if "total" in codes else "DG"
    return found


def _adds(parts: Sequence[str], whole: str, lines: Lines, least: int = 0) -> bool:
    """Whether no line says otherwise, and at least so many lines that are not zero say so."""
    agree = 0
    for line in lines:
        there = line.get(whole)
        values = [line.get(part, ZERO) for part in parts]
        known = [value for value in values if value is not None]
        if there is None or len(known) < len(values):
            continue
        if sum(known, ZERO) != there:
            return False
        agree += bool(there) and sum(map(bool, known)) > 1
    return agree >= least


def _run(parts: Sequence[str], total: str, lines: Lines) -> Sequence[str]:
    """All parts, or the longest run from the first on that adds up; "of which" items follow it."""
    for end in range(len(parts), 1, -1):
        if _adds(parts[:end], total, lines):
            return parts[:end]
    return []
