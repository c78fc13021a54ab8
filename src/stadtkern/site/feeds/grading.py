"""How full a facility is called in DATEX II, and what is said of it in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from stadtkern.kernel.feeds.parking import Audience, Count, Facility, Grade

TITLES: Final[Mapping[Audience, str]] = {
    "disabled": "Für Menschen mit Behinderung", "electric": "Für Elektroautos",
    "family": "Für Familien",
}  # fmt: skip
Word = Literal["spacesAvailable", "almostFull", "full", "unknown"]
WORDS: Final[Mapping[Grade, Word]] = {
    "many": "spacesAvailable", "few": "almostFull", "full": "full",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Numbers of occupied spaces; see `Facility.thresholds` for the shares they come from."""

    low_below: int
    low_above: int
    full_below: int
    full_above: int


def limits(one: Facility) -> Limits | None:
    """The four thresholds as occupied spaces, which is how DATEX II counts them."""
    if one.thresholds is None or not one.all.capacity:
        return None
    taken = [max(0, round(one.all.capacity * (1 - share))) for share in one.thresholds]
    return Limits(low_below=taken[0], low_above=taken[1], full_below=taken[2], full_above=taken[3])


def word(one: Facility) -> Word:
    """What the facility is called now; a closed one is not called full."""
    if one.free is None or one.opening == "closed":
        return "unknown"
    if not one.free:
        return "full"
    return WORDS.get(one.grade, "spacesAvailable")


def parts(one: Facility) -> list[Count]:
    """The counts of those for whom spaces are kept; a single space has none."""
    if one.all.capacity <= 1:
        return []
    return [count for count in one.counts if count.audience in TITLES]


def description(one: Facility) -> str:
    """What else is to be said, with the source that has to be named."""
    credit = ", ".join(part for part in (one.source, one.licence) if part)
    said = (
        one.note, one.address, "Angaben erfunden für eine Demo." if one.invented else "",
        f"Quelle: {credit}" if credit else "",
    )  # fmt: skip
    return " ".join(part for part in said if part)
