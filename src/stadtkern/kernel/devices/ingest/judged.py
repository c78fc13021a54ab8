"""What became of an event."""

from dataclasses import dataclass

from stadtkern.kernel.devices.ingest.directory import Known
from stadtkern.kernel.devices.ingest.event import Incoming
from stadtkern.kernel.devices.ingest.mapping import Measured
from stadtkern.kernel.devices.models import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """An event with what became of it."""

    event: Incoming
    outcome: Outcome
    reason: str = ""
    device: Known | None = None
    values: tuple[Measured, ...] = ()
    battery: float | None = None
    location: tuple[float, float] | None = None  # as decoded: longitude and latitude
