"""A hexagon in words, for hints and lists."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.devices.coverage import signal
from stadtkern.kernel.devices.coverage.areas import Area, geojson
from stadtkern.kernel.ui.numbers import figure


def said(area: Area) -> str:
    """Class, levels, and upon how much they rest."""
    words = str(signal.TITLES.get(area.state, ""))
    count = ngettext("%(count)s measurement", "%(count)s measurements", area.heard)
    few = _(", too few to rely upon") if area.few else ""
    return f"{words}: {count % {'count': figure(area.heard)}}{few}"


def collection(found: list[Area]) -> dict[str, Any]:
    """The hexagons as GeoJSON for the map and for programs, with title, legend and credit."""
    legend = [{"state": state, "title": str(title)} for state, title in signal.TITLES.items()]
    return {
        **geojson(found, said, public=True),
        "title": _("Measured coverage"),
        "legend": legend,
        "description": _(
            "Measured, not modelled: the best reception at one of the city's gateways. Where there "
            "is no hexagon, nothing was measured."
        ),
    }
