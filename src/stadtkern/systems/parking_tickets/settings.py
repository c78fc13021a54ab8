"""What a city can say in `[systems.parking_tickets]`."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct

Seconds = Annotated[int, Meta(ge=0, le=3600)]
Minutes = Annotated[int, Meta(ge=0, le=1440)]
Days = Annotated[int, Meta(ge=0, le=3650)]


class ParkingTicketsSettings(Struct, frozen=True, kw_only=True):
    """Clocks, deadlines, holidays of the city's own, and how long data are kept.

    A right begins at most `skew_seconds` before we hear of it and `ahead_hours` after. Within
    `undo_seconds` after it was bought it can be taken back whole. Without a payment within
    `pay_minutes` what is sold here is not sold. `more_holidays` and `fewer_holidays` change the
    public holidays of the city's state for tariffs. `ended_minutes` after its end a right still
    shows to officers as just ended, and `grace_minutes` are let go by. Plates are forgotten
    `plate_hours` after the end, mail addresses after `mail_days`.
    """

    skew_seconds: Seconds = 120
    undo_seconds: Seconds = 120
    ahead_hours: Annotated[int, Meta(ge=0, le=744)] = 24
    pay_minutes: Annotated[int, Meta(ge=5, le=60)] = 15
    remind_minutes: Annotated[int, Meta(ge=1, le=120)] = 10
    more_holidays: tuple[date, ...] = ()
    fewer_holidays: tuple[date, ...] = ()
    grace_minutes: Minutes = 0
    ended_minutes: Minutes = 15
    plate_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    mail_days: Days = 30
    permit_days: Days = 30
    check_days: Days = 30
    fine_days: Days = 180
    operator_requests_per_minute: Annotated[int, Meta(ge=1)] = 600
    machine_requests_per_minute: Annotated[int, Meta(ge=1)] = 60
    contact: str = ""
