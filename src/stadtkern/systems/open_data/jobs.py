"""What the portal does by the clock."""

from stadtkern.systems.open_data import logic


def count_visits() -> str:
    """Bring the order by use up to date."""
    return logic.count_visits()
