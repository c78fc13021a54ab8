"""What a city can say in `[systems.lorawan_network]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct


class LorawanSettings(Struct, frozen=True, kw_only=True):
    """Whom to ask, over how many days the map shows, and what is fair.

    Without a `contact` the city's own is named. `fair_seconds` is the time on air that a device
    should need at most on a day.
    """

    contact: str = ""
    days: Annotated[int, Meta(ge=1, le=365)] = 30
    fair_seconds: Annotated[float, Meta(gt=0, le=864)] = 30.0
