"""What every protocol can do with a board: set its lines, read them back, ask how it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from stadtkern.systems.parking.logic.boards.faces import Face

# What boards tell of themselves; `fallback`: it shows its own text, since nobody spoke to it.
FAULTS = ("lamp", "temperature", "door", "fallback", "controller")
Told = Literal["sent", "acknowledged"]


class Unreachable(Exception):
    """The board did not answer, or not in its protocol; the message is for staff."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How a board is, in its own words; None where it has said nothing new."""

    faults: tuple[str, ...] | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a board says that it shows; None where it has said nothing new.

    `answers` is false where it said so before the last message can have reached it.
    """

    face: Face | None
    at: datetime | None
    answers: bool = True


class BoardAdapter(Protocol):
    """One board. All calls end within seconds, and raise Unreachable where they fail."""

    # Whether a board answers at once, so that every round can look at it.
    talks: bool

    def set_lines(self, face: Face) -> Told:
        """Have it shown; `sent` where the board's answer comes later, by itself."""

    def read_back(self) -> Shown:
        """What it shows."""

    def status(self) -> Status:
        """How it is; to the board this is a sign of life as well."""

    def close(self) -> None:
        """Hang up."""
