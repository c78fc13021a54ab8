"""Work on a schedule: what has run out is closed, and who asked is reminded."""

from stadtkern.systems.parking_tickets.logic import closing, reminding


def look_after() -> str:
    """End rights whose time is over, write reminders."""
    return f"{closing.close()} ended, {reminding.remind()} reminded"
