"""Public holidays of the German states: what is closed then, and what they move."""

from datetime import date
from functools import cache


@cache
def holidays(year: int, state: str) -> frozenset[date]:
    """The public holidays of a year; without a state (ISO 3166-2: `NW`) those of the country."""
    # Loaded late: its list of all countries costs every process half a second otherwise.
    from holidays import country_holidays  # noqa: PLC0415

    return frozenset(country_holidays("DE", subdiv=state or None, years=year))
