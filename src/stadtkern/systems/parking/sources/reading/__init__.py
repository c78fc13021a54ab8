"""What other operators publish, in one shape: one module for each format, bytes in, rows out."""

from collections.abc import Callable, Mapping
from typing import Final

from stadtkern.systems.parking.sources.reading import (
    datex2,
    parkapi_v1,
    parkapi_v3,
    siri_fm,
)
from stadtkern.systems.parking.sources.reading.told import Batch

READERS: Final[Mapping[str, Callable[[bytes], Batch]]] = {
    "parkapi-v1": parkapi_v1.read,
    "parkapi-v3": parkapi_v3.read,
    "datex2-v2": datex2.read,
    "datex2-v3": datex2.read,
    "siri-fm": siri_fm.read,
}
