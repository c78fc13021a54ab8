"""What a city can say in `[systems.parking]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct


class ParkingSettings(Struct, kw_only=True):
    """When a count is stale, and from which share of free bays a site is called tight or full."""

    stale_after_minutes: Annotated[int, Meta(ge=1)] = 30
    tight_below: Annotated[float, Meta(ge=0, le=1)] = 0.25
    full_below: Annotated[float, Meta(ge=0, le=1)] = 0.03
