"""Devices that have sent but that nobody has made yet."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from stadtkern.kernel.devices.ingest.event import Incoming
from stadtkern.kernel.devices.models import Outcome, Uplink
from stadtkern.kernel.devices.redecode.reading import again

TRIED = 3


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """An unknown device: how many messages it has sent, since when, by which network."""

    dev_eui: str
    messages: int
    first: datetime
    last: datetime
    source: str
    rssi: float | None


def strangers(search: str = "", limit: int = 200) -> list[Stranger]:
    """Unknown devices, the one heard last first; one query."""
    rows = Uplink.objects.filter(device=None, outcome=Outcome.UNKNOWN).exclude(dev_eui="")
    if search:
        rows = rows.filter(dev_eui__contains=search)
    found = (
        rows.order_by()
        .values("dev_eui")
        .annotate(
            messages=Count("id"),
            first=Min("received"),
            last=Max("received"),
            source=Max("source"),
            rssi=Max("rssi"),
        )
        .order_by("-last")[:limit]
    )
    return [Stranger(**row) for row in found]


def messages(dev_eui: str) -> list[Incoming]:
    """The newest messages of an unknown device that carry a payload or values, read again."""
    rows = Uplink.objects.filter(device=None, dev_eui=dev_eui, outcome=Outcome.UNKNOWN)
    events = [again(one) for one in rows.order_by("-time")[: TRIED * 3]]
    return [e for e in events if not e.problem and (e.payload or e.data)][:TRIED]
