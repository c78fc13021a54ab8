"""What a batch is made of, whichever way it is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.answer import Answer

MOST = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One request of a batch. `after` are requests and groups that must have gone well before.

    Header names are in lower case.
    """

    name: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Requests of which all are done, or none."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The answer to a part, all of its body at hand."""

    name: str
    answer: Answer
    body: bytes

    @property
    def good(self) -> bool:
        """Whether it did what was asked."""
        return self.answer.status < 400


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupReply:
    """The answers to a group; where it failed, `failed` is the place of the request to blame."""

    name: str
    replies: tuple[Reply, ...]
    failed: int | None = None


Batch = tuple[Part | Group, ...]
Replies = tuple[Reply | GroupReply, ...]


def size(batch: Batch) -> int:
    """How many requests a batch holds."""
    return sum(len(one.parts) if isinstance(one, Group) else 1 for one in batch)
