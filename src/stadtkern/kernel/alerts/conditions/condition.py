"""What every kind of condition can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from stadtkern.kernel.alerts.subjects import Measured, Subjects

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """A stretch of time in which a condition held for a subject, by the data's own times.

    `fired` is when it had held long enough, None while it has not; `ended` is None while it holds.
    `found` is what the data says: `{value, at, peak, last, last_at}` and what the condition adds.
    """

    subject: int
    since: datetime
    fired: datetime | None
    ended: datetime | None = None
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look at a rule's subjects is about.

    Observations with ids beyond `done` are new since the last look; None: look at all subjects.
    """

    rule: int
    subjects: Subjects
    now: datetime
    done: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The stretch of history that a rehearsal goes through."""

    subjects: Subjects
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a look found. Of the subjects in `unchanged` nothing is new: their alerts stand."""

    episodes: Sequence[Episode]
    unchanged: frozenset[int] = frozenset()


class Condition(Protocol):
    """One kind of condition, with its fields as they stand in `Rule.condition`.

    `every` is how often it is worth a look. `rehearse` answers None where history cannot tell.
    """

    kind: ClassVar[str]
    about: ClassVar[tuple[str, ...]]
    every: ClassVar[timedelta]

    def words(self, what: Measured) -> str:
        """The condition in words, in the language that is active."""
        ...

    def look(self, look: Look) -> Looked:
        """What holds now, and what has ended since the last look."""
        ...

    def rehearse(self, span: Span) -> list[Episode] | None:
        """What would have fired in this stretch."""
        ...
