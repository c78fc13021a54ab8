"""What plugs and opening hours are called by people who drive."""

import re

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SPAN = re.compile(r"^(?:([A-Z][a-z])(?:-([A-Z][a-z]))? )?(\d\d:\d\d)-(\d\d:\d\d)$")

PLUGS = {
    "IEC_62196_T2": _("Type 2"),
    "IEC_62196_T2_COMBO": _("CCS"),
    "CHADEMO": _("CHAdeMO"),
    "DOMESTIC_F": _("household socket"),
    "IEC_62196_T1": _("Type 1"),
    "IEC_60309_2_single_16": _("CEE blue"),
    "IEC_60309_2_three_32": _("CEE red"),
    "TESLA_S": _("Tesla"),
    "MCS": _("MCS for lorries"),
}


def hours(said: str) -> str:
    """Opening hours of OSM in words where they are simple, else as they are written."""
    if said == "24/7":
        return gettext("day and night")
    found = [_span(part.strip()) for part in said.split(";") if part.strip()]
    return ", ".join(found) if found and all(found) else said


def _span(part: str) -> str:
    fits = SPAN.match(part)
    if not fits or not {fits[1] or "Mo", fits[2] or "Mo"} <= set(DAYS):
        return ""
    first = DAYS.index(fits[1] or "Mo")
    last = DAYS.index(fits[2] or fits[1] or "Su")
    if (first, last) == (0, 6):
        days = gettext("daily")
    elif first == last:
        days = str(WEEKDAYS_ABBR[first])
    else:
        days = f"{WEEKDAYS_ABBR[first]}–{WEEKDAYS_ABBR[last]}"
    return gettext("%(days)s from %(begins)s to %(ends)s") % {
        "days": days, "begins": fits[3], "ends": fits[4]}  # fmt: skip
