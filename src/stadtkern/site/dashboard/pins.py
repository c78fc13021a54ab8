"""The pins of a layer: the one source of the map, of its list twin and of the place pages."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

import structlog

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Pin
from stadtkern.site.dashboard.themes import Layer

log = structlog.get_logger("map")


def pins(layer: Layer) -> list[Pin]:
    """What the layer shows now; what is stale has no state, and a broken layer shows nothing."""
    try:
        found = list(registry.resolve(layer.layer.pins)())
    except Exception:
        log.exception("layer failed", layer=layer.key)
        return []
    return [replace(pin, state="none") if pin.stale else pin for pin in found]


def of_places(wanted: Collection[UUID], layers: Iterable[Layer]) -> dict[UUID, tuple[Layer, Pin]]:
    """The pins of these places from the first layers that show them; no more layers are asked."""
    found: dict[UUID, tuple[Layer, Pin]] = {}
    for layer in layers:
        for pin in pins(layer):
            if pin.place in wanted:
                found.setdefault(pin.place, (layer, pin))
        if len(found) == len(wanted):
            break
    return found
