"""On a device's page: which gateways hear it, and whether one of them is all it has."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from stadtkern.kernel.devices.coverage import load
from stadtkern.kernel.devices.models import Device


def heard_by(request: HttpRequest, device: Device) -> tuple[str, Mapping[str, Any]] | None:
    """The panel; nothing for a device that no gateway heard lately."""
    rows = load.heard_by(device.pk)
    if not rows:
        return None
    sent = sum(row.best for row in rows)
    alone = max(rows, key=lambda row: row.alone)
    said = {
        "rows": rows,
        "sent": sent,
        "days": load.LATELY,
        "depends": alone if sent and alone.alone == sent else None,
    }
    return "staff/gateways/heard_by.html", said
