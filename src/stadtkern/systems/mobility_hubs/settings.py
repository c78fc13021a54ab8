"""What a city can say in `[systems.mobility_hubs]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct


class MobilityHubsSettings(Struct, frozen=True, kw_only=True):
    """When what others told is too old, and which private networks feeds may be read from.

    `stale_after_minutes` is for shared vehicles and delays; `departures` is how many are shown.
    """

    stale_after_minutes: Annotated[int, Meta(ge=1)] = 10
    departures: Annotated[int, Meta(ge=1, le=100)] = 12
    private_networks: list[str] = []
