"""The last downlinks of a device, on its page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.downlinks import words
from stadtkern.site.staff.downlinks.listing import Shown

NEWEST = 5


def downlinks(request: HttpRequest, device: Device) -> tuple[str, Mapping[str, Any]] | None:
    """Those of this device, and the way to a new one; nothing where neither is there."""
    may_send = person(request).may("devices.send")
    newest = Downlink.objects.filter(device=device).select_related("device").order_by("-id")
    rows = list(newest[: NEWEST + 1])
    if not rows and not may_send:
        return None
    return (
        "staff/downlinks/panel.html",
        {
            "rows": [Shown(one) for one in rows[:NEWEST]],
            "more": len(rows) > NEWEST,
            "device": device,
            "may_send": may_send,
            "window": words.window(device) if any(map(words.is_open, rows)) else None,
        },
    )
