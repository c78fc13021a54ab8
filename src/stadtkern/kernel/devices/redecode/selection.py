"""Which messages are decoded again."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Mod, RowNumber

from stadtkern.kernel.devices.models import Device, Redecoding, Uplink


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The messages of these devices (their ids) from `start` to before `end`.

    `version` narrows them to those read with this version of the codec, `outcome` to those with
    this outcome. Messages from before a device was known are its own too.
    """

    devices: tuple[int, ...]
    start: datetime
    end: datetime
    version: int | None = None
    outcome: str = ""

    @classmethod
    def of(cls, run: Redecoding) -> "Selection":
        """What a run is about."""
        return cls(
            devices=tuple(run.devices),
            start=run.start,
            end=run.end,
            version=run.version,
            outcome=run.outcome,
        )

    def uplinks(self) -> QuerySet[Uplink]:
        """The messages, the oldest first."""
        euis = Device.objects.filter(id__in=self.devices).values_list("dev_eui", flat=True)
        theirs = Q(device__in=self.devices) | Q(device=None, dev_eui__in=list(euis))
        rows = Uplink.objects.filter(theirs, time__gte=self.start, time__lt=self.end, event="up")
        if self.version is not None:
            rows = rows.filter(codec_version=self.version)
        if self.outcome:
            rows = rows.filter(outcome=self.outcome)
        return rows.order_by("id")

    def sample(self, size: int) -> list[Uplink]:
        """So many of the messages at most, evenly spread from the newest to the first."""
        step = max(1, -(-self.uplinks().count() // size))
        place = Window(RowNumber(), order_by=F("id").desc())
        spread = self.uplinks().annotate(rest=Mod(place - 1, Value(step))).filter(rest=0)
        return list(spread.order_by("-time", "-id")[:size])
