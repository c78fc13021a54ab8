"""What a program or a person may see and write, from scopes and roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stadtkern.kernel.things.visibility import Viewer

READ, WRITE = "things:read", "things:write"
# The permission of a role whose holders see everything.
SEE = "things.see"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """`name` for the audit log, what may be seen, and where may be written.

    `holder` stays the same for the same key or person. `projects` are the ids of the only projects
    to write in; those who write `everywhere` have none.
    """

    name: str
    holder: str
    viewer: Viewer
    everywhere: bool = False
    projects: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it may write anything at all."""
        return self.everywhere or bool(self.projects)


def granted(
    name: str,
    scopes: Iterable[str],
    projects: Mapping[str, int],
    *,
    holder: str,
    seen: Iterable[int] = (),
    everything: bool = False,
) -> Grant:
    """The grant of these scopes; `projects` are ids by slug, `seen` and `everything` come by role.

    Whoever writes also sees what they write: all of it, or their project.
    """
    given = frozenset(scopes)
    own = [(slug, number) for slug, number in sorted(projects.items())]
    writes = tuple(number for slug, number in own if f"{WRITE}:{slug}" in given)
    reads = [number for slug, number in own if f"{READ}:{slug}" in given]
    return Grant(
        name=name,
        holder=holder,
        viewer=Viewer(
            everything=everything or READ in given or WRITE in given,
            projects=frozenset([*writes, *reads, *seen]),
        ),
        everywhere=WRITE in given,
        projects=() if WRITE in given else writes,
    )


def slugs(scopes: Iterable[str]) -> list[str]:
    """The projects that these scopes name."""
    named = (one.split(":", 2) for one in scopes)
    return sorted({one[2] for one in named if len(one) == 3 and ":".join(one[:2]) in (READ, WRITE)})
