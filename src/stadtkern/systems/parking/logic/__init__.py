"""Counts the free spaces of each car park, and says what the count means."""

from stadtkern.kernel import clock
from stadtkern.systems.parking.logic.checks import SILENT_SHARE, check_sites
from stadtkern.systems.parking.logic.counting import (
    AGAIN_AFTER,
    FREE,
    TICK,
    count_stream,
    locked,
    recount,
    recount_site,
)
from stadtkern.systems.parking.logic.facts import facts_of, make_missing
from stadtkern.systems.parking.logic.found import Site, is_open, is_shut, sites, stale_after
from stadtkern.systems.parking.logic.states import state_of
from stadtkern.systems.parking.logic.tallies import Tally, enough, settings, tally
from stadtkern.systems.parking.logic.told import remember_told

__all__ = [
    "AGAIN_AFTER",
    "FREE",
    "SILENT_SHARE",
    "TICK",
    "Site",
    "Tally",
    "check_sites",
    "clock",
    "count_stream",
    "enough",
    "facts_of",
    "is_open",
    "is_shut",
    "locked",
    "make_missing",
    "recount",
    "recount_site",
    "remember_told",
    "settings",
    "sites",
    "stale_after",
    "state_of",
    "tally",
]
