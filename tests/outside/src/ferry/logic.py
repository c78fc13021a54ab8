"""When the ferry runs."""

from stadtkern.kernel.contract import State

HIGHEST = 650.0


def state_of(level: float | None, *, stale: bool) -> State:
    """Runs up to and including 650 cm; a value that is missing or stale says nothing."""
    if level is None or stale:
        return "none"
    return "good" if level <= HIGHEST else "bad"
