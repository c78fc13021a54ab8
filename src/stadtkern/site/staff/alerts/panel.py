"""What a device's page shows of its alerts."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from stadtkern.kernel.alerts.models import Alert, State
from stadtkern.kernel.devices.models import Device
from stadtkern.site.staff.alerts import signs
from stadtkern.site.staff.doors import person

LAST = 8


def alerts(request: HttpRequest, device: Device) -> tuple[str, Mapping[str, Any]] | None:
    """The newest alerts of a device and of what its thing measures."""
    if not person(request).may("alerts.see"):
        return None
    about = Q(device=device)
    if device.thing_id:
        about |= Q(datastream__thing=device.thing_id)
    rows = Alert.objects.filter(about).exclude(state=State.PENDING).select_related("rule")
    context = {
        "alerts": list(rows.order_by("state", "-raised")[:LAST]),
        "device": device,
        "may_edit": person(request).may("alerts.edit"),
        "severity_signs": signs.SEVERITIES,
        "state_signs": signs.STATES,
    }
    return "staff/alerts/panel.html", context
