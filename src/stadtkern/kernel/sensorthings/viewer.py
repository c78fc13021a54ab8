"""Who asks, and thus what of the data that is not public they may see."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Sees what is public and the projects with these ids; `everything` sees all there is."""

    everything: bool = False
    projects: frozenset[int] = frozenset()


PUBLIC = Viewer()
