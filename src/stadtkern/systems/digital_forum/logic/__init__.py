"""Bookings, visits, screens and assisted sessions of the forum."""

from typing import Final

SYSTEM: Final = "digital_forum"
# Kinds of bookings and of what is booked.
SESSION: Final = "digital_forum.session"
DEVICE: Final = "digital_forum.device"
HELPERS: Final = "digital_forum.helpers"
STATIONS: Final = "digital_forum.stations"
