"""What a flag looks like on an observation: the worst grade, and every reason for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.things.store import ESTIMATED, GOOD, INVALID, SUSPECT

WORDS = {GOOD: "good", ESTIMATED: "estimated", SUSPECT: "suspect", INVALID: "invalid"}
# A person's word, which counts more than any check.
MARK = "mark"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why an observation has a flag: the check, its grade, and what it found, in English."""

    check: str
    grade: int
    text: str

    def as_json(self) -> dict[str, str]:
        """As it stands in `resultQuality`."""
        return {"check": self.check, "flag": WORDS[self.grade], "text": self.text}


def grade_of(reasons: Iterable[Reason]) -> int:
    """The worst of these grades; what a person says beats them, be it that all is well."""
    listed = list(reasons)
    marked = [one.grade for one in listed if one.check == MARK]
    return max(marked or (one.grade for one in listed), default=GOOD)


def note(reasons: Iterable[Reason]) -> dict[str, Any] | None:
    """`resultQuality` of an observation with these reasons (18-088, 8.2.7); None without any."""
    listed = list(reasons)
    if not listed:
        return None
    return {"flag": WORDS[grade_of(listed)], "reasons": [one.as_json() for one in listed]}


def reasons_in(kept: Any, quality: int) -> list[Reason] | None:
    """The reasons in a `resultQuality`, or None where it is somebody else's word, not ours."""
    if kept is None:
        return [] if quality == GOOD else None
    if not isinstance(kept, Mapping) or set(kept) != {"flag", "reasons"}:
        return None
    grades = {word: grade for grade, word in WORDS.items()}
    try:
        return [
            Reason(check=one["check"], grade=grades[one["flag"]], text=one["text"])
            for one in kept["reasons"]
        ]
    except (KeyError, TypeError):
        return None
