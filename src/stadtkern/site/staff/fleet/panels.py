"""What other areas show on a device's page: each adds one callable to PANELS, in page order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from stadtkern.kernel.devices.models import Device
from stadtkern.site.staff.alerts.panel import alerts
from stadtkern.site.staff.downlinks.panel import downlinks
from stadtkern.site.staff.gateways.heard_by import heard_by

# (template to include, its context), or None where there is nothing to show to this person. The
# template finds its context under `panel` (`{{ panel.rows }}`) and begins with an <h2>; the
# callable asks the database itself and checks its own permission.
Panel = Callable[[HttpRequest, Device], tuple[str, Mapping[str, Any]] | None]

PANELS: tuple[Panel, ...] = (alerts, heard_by, downlinks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A panel's template, and what it is filled with."""

    template: str
    context: Mapping[str, Any]


def shown(request: HttpRequest, device: Device) -> list[Shown]:
    """The panels of a device's page for this person."""
    found = (panel(request, device) for panel in PANELS)
    return [Shown(template=one[0], context=one[1]) for one in found if one is not None]
