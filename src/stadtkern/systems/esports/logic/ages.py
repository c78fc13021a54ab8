"""Who may play what, and who needs a guardian: by the year of birth alone."""

from datetime import date
from typing import Final

# Below it a guardian decides about personal data (Article 8 GDPR, which Germany left at 16).
CONSENT: Final = 16
OLDEST: Final = 100


def youngest(birth_year: int, day: date) -> int:
    """The age of somebody born at the end of the year; nobody born in it is younger."""
    return day.year - birth_year - (0 if (day.month, day.day) == (12, 31) else 1)


def may_play(birth_year: int, rating: int, day: date) -> bool:
    """Whether everybody born in that year is old enough on that day."""
    return rating == 0 or youngest(birth_year, day) >= rating


def needs_guardian(birth_year: int, day: date) -> bool:
    """Whether somebody born in that year may be younger than 16 on that day."""
    return youngest(birth_year, day) < CONSENT


def is_plausible(birth_year: int, day: date) -> bool:
    """Between school age and a hundred."""
    return day.year - OLDEST <= birth_year <= day.year - 6
