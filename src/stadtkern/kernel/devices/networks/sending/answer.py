"""What is known of a parcel after it was sent."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """Taken or refused for good, surely not sent, or nobody knows."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The outcome with its reason."""

    outcome: Outcome
    reason: str = ""
