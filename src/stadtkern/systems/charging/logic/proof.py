"""Whether a meter can be believed: more than the plug can give has not flowed."""

from datetime import datetime
from typing import Final

from stadtkern.systems.charging.models import Transaction

# A quarter above what the plug is made for, and one full battery for clocks that were not set.
MARGIN: Final = 1.25
BATTERY_WH: Final = 150_000
MOST_W: Final = 400_000


def believable(found: Transaction, meter_wh: float, at: datetime) -> bool:
    """Whether this session's meter can stand there at that instant; units are often mistaken."""
    most = found.connector.max_watt if found.connector else MOST_W
    hours = max((at - found.started).total_seconds(), 0) / 3600
    return 0 <= meter_wh - found.meter_start_wh <= most * hours * MARGIN + BATTERY_WH
