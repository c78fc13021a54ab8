"""The themes of the dashboard, by the systems that are on."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import MapLayer, System, Theme

TITLES: dict[Theme, str | Promise] = {
    "air": _("Air"),
    "climate": _("Weather and climate"),
    "water": _("Water"),
    "mobility": _("Mobility"),
    "energy": _("Energy"),
    "green": _("Green spaces"),
    "services": _("Citizen services"),
    "data": _("Data"),
    "city": _("City"),
}


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A map layer with the system that declares it."""

    system: System
    layer: MapLayer

    @property
    def key(self) -> str:
        """`<system>.<layer>`: how addresses and lists name it."""
        return f"{self.system.slug}.{self.layer.slug}"


def layers(theme: str = "") -> list[Layer]:
    """Layers of the systems that are on, of one theme or of all."""
    found = (Layer(system=system, layer=layer) for system, layer in registry.layers())
    return [one for one in found if not theme or one.layer.theme == theme]


def layer(key: str) -> Layer | None:
    """The layer with this key, while its system is on."""
    return next((one for one in layers() if one.key == key), None)


def shown() -> list[Theme]:
    """Themes that have something to show, in the order of TITLES."""
    layered = {layer.theme for _system, layer in registry.layers()}
    tiled = {tile.theme for _system, tile in registry.tiles()}
    return [theme for theme in TITLES if theme in layered | tiled]
