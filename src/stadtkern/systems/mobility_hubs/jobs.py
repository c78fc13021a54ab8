"""The clockwork: reads the feeds that are due, keeps the numbers of each station."""

from stadtkern.systems.mobility_hubs.logic import counting
from stadtkern.systems.mobility_hubs.reading import pulling


def pull() -> str:
    """Every feed that is due."""
    return pulling.pull_all()


def count() -> str:
    """The free capacity of each station."""
    return counting.count_all()
