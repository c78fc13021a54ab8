"""What a city can say in `[systems.statistics]`."""

from stadtkern.kernel.city import Struct


class StatisticsSettings(Struct, frozen=True, kw_only=True):
    """`area` is the official key (AGS) of the city itself, with its leading zero."""

    area: str = ""
