"""What a writer gets: the records that were asked for, when and for whom they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stadtkern.kernel.feeds.curbs import CurbZone
from stadtkern.kernel.feeds.parking import Facility
from stadtkern.kernel.feeds.signs import Sign

GERMANY = "de"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """`base` is this site's address, `generated` when this was asked for."""

    generated: datetime
    base: str
    city: str
    publisher: str
    time_zone: str

    def url(self, page: str) -> str:
        """A path of this site as an address."""
        return f"{self.base}{page}" if page else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication(Told):
    """Parking records."""

    facilities: Sequence[Facility]

    @property
    def changed(self) -> datetime:
        """When anything told here was measured or changed last."""
        times = [max(one.static_at, one.at or one.static_at) for one in self.facilities]
        return max(times, default=self.generated)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs(Told):
    """Signs with changing messages."""

    signs: Sequence[Sign]

    @property
    def changed(self) -> datetime:
        """When any of them told or was changed last."""
        times = [max(one.static_at, one.updated or one.static_at) for one in self.signs]
        return max(times, default=self.generated)


@dataclass(frozen=True, kw_only=True, slots=True)
class Curbs(Told):
    """Zones of the kerb with their rules."""

    zones: Sequence[CurbZone]

    @property
    def changed(self) -> datetime:
        """When any zone or its rules changed last."""
        return max((one.changed for one in self.zones), default=self.generated)


def utc(at: datetime) -> str:
    """`2026-11-23T18:04:00Z`, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
