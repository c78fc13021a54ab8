"""What a city can say in `[systems.parking]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct

Share = Annotated[float, Meta(ge=0, le=1)]


class ParkingSettings(Struct, frozen=True, kw_only=True):
    """When a count is stale or says too little, and when a site is called tight or full.

    `tight_below` and `full_below` are shares of free bays among those whose state is known;
    `known_from` is the share of bays that must be known before a count is published.
    """

    stale_after_minutes: Annotated[int, Meta(ge=1)] = 30
    tight_below: Share = 0.25
    full_below: Share = 0.03
    known_from: Share = 0.5
