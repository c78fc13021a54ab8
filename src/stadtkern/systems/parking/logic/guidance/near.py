"""The car parks of all systems for a wish: what page and interface both ask."""

from stadtkern.kernel import feeds
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.forecast import read
from stadtkern.systems.parking.logic.guidance.ranking import Option, Wish, known, ranked


def near(wish: Wish) -> list[Option]:
    """Ranked; a fixed number of queries for any number of car parks. Nothing is stored."""
    return ranked(wish, known(feeds.records("parking"), logic.sites(), read.outlooks()))
