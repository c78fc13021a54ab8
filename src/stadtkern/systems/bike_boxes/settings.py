"""What a city can say in `[systems.bike_boxes]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct

Minutes = Annotated[int, Meta(ge=0, le=1440)]
Days = Annotated[int, Meta(ge=0, le=3650)]


Cents = Annotated[int, Meta(ge=0, le=1_000_000)]


class LateFee(Struct, frozen=True, kw_only=True):
    """`[systems.bike_boxes.late_fee]`: what it costs that a bicycle stays; without it, nothing.

    Each day that has begun costs `day_cents`, the first `free_days` nothing, all days together at
    most `most_cents` (0: no bound); taking the bicycle out costs `removal_cents`. `source` names
    the by-law or the terms that say so: without it nothing is asked for. It is to be paid
    within `pay_days`; after so many `reminders`, each with the same time, it goes to the treasury.
    `tax_rate` is per mille.
    """

    day_cents: Cents = 0
    free_days: Annotated[int, Meta(ge=0, le=60)] = 1
    most_cents: Cents = 0
    removal_cents: Cents = 0
    tax_rate: Annotated[int, Meta(ge=0, le=1000)] = 0
    budget: Annotated[str, Meta(max_length=80)] = ""
    source: Annotated[str, Meta(max_length=200)] = ""
    invented: bool = False
    pay_days: Annotated[int, Meta(ge=1, le=365)] = 14
    reminders: Annotated[int, Meta(ge=0, le=5)] = 2


class BikeBoxSettings(Struct, frozen=True, kw_only=True):
    """Deadlines of rentals, of a bicycle that stays, and how long data are kept.

    Without a payment within `pay_minutes` a box is free again. `grace_minutes` after its end a
    rental still opens the door, unless the next one begins. A bicycle that stays is removed
    `rescue_days` after the warning, which comes `warn_days` after the end, and stored for
    `storage_days`. `alarm_mail` hears of forced doors. Webhooks of partners may lead into the
    private networks in `partner_networks`.
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
    partner_networks: tuple[str, ...] = ()
    contact_days: Days = 90
    events_days: Days = 30
    alarm_mail: str = ""
    operator: str = ""
    late_fee: LateFee = LateFee()
