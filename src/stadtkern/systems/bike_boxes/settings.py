"""What a city can say in `[systems.bike_boxes]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct

Minutes = Annotated[int, Meta(ge=0, le=1440)]
Days = Annotated[int, Meta(ge=0, le=3650)]


class BikeBoxSettings(Struct, frozen=True, kw_only=True):
    """Deadlines of rentals, of a bicycle that stays, and how long data are kept.

    Without a payment within `pay_minutes` a box is free again. `grace_minutes` after its end a
    rental still opens the door, unless the next one begins. A bicycle that stays is removed
    `rescue_days` after the warning, which comes `warn_days` after the end, and stored for
    `storage_days`. `alarm_mail` hears of forced doors.
    """

    pay_minutes: Annotated[int, Meta(ge=5, le=240)] = 45
    grace_minutes: Minutes = 60
    ahead_days: Days = 90
    remind_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    warn_days: Days = 2
    rescue_days: Days = 7
    storage_days: Days = 180
    offline_minutes: Annotated[int, Meta(ge=1, le=1440)] = 5
    partner_requests_per_minute: Annotated[int, Meta(ge=1)] = 120
    contact_days: Days = 90
    events_days: Days = 30
    alarm_mail: str = ""
    operator: str = ""
