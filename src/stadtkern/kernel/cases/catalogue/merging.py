"""News from a source against what the city has changed itself: who changed what since last time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["ask", "ours", "theirs"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Both changed the same field since the last import."""

    key: str
    before: str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What to take over, what both changed, and what the source has said by now.

    `base` is what the next import compares with; a conflict that nobody decided stays in it as it
    was, so that it is shown again.
    """

    take: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    base: dict[str, str] = field(default_factory=dict)


def merge(
    ours: Mapping[str, str], base: Mapping[str, str], theirs: Mapping[str, str],
    *, side: Side = "ask",
) -> Merged:  # fmt: skip
    """Field by field; a field that the source does not tell of stays as it is."""
    found = Merged(base=dict(base))
    for key, new in theirs.items():
        mine, before = ours.get(key, ""), base.get(key, "")
        if new in (mine, before):
            found.base[key] = new
        elif mine == before or side == "theirs":
            found.take[key] = new
            found.base[key] = new
        elif side == "ours":
            found.base[key] = new
        else:
            found.conflicts.append(Conflict(key=key, before=before, ours=mine, theirs=new))
    return found
