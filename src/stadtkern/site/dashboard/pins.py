"""The pins of a layer: the one source of the map, of its list twin and of the place pages."""

from dataclasses import replace

import structlog

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Pin
from stadtkern.site.dashboard.themes import Layer

log = structlog.get_logger("map")


def pins(layer: Layer) -> list[Pin]:
    """What the layer shows now; what is stale has no state, and a broken layer shows nothing."""
    try:
        found = list(registry.resolve(layer.layer.pins)())
    except Exception:  # noqa: BLE001  one system's fault must not take the map from the others
        log.exception("layer failed", layer=layer.key)
        return []
    return [replace(pin, state="none") if pin.stale else pin for pin in found]


def of_system(slug: str, layers: list[Layer]) -> dict[str, tuple[Layer, Pin]]:
    """All pins of one system by place."""
    own = [layer for layer in layers if layer.system.slug == slug]
    return {str(pin.place): (layer, pin) for layer in reversed(own) for pin in pins(layer)}
