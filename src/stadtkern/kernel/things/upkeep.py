"""Nightly care of the store: partitions ahead of time."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.things import store


def make_partitions() -> str:
    """Partitions for this month and the next three."""
    names = store.ensure_partitions(clock.now(), clock.now() + timedelta(days=95))
    return f"{len(names)} partitions ready"
