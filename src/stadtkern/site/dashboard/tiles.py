"""Tiles: numbers that systems give, so that one that fails never breaks a page."""

from dataclasses import dataclass

import structlog
from django.utils.functional import Promise

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Reading, Tile
from stadtkern.kernel.ui.templatetags.ui import LONGEST_SOURCE

log = structlog.get_logger("tiles")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A tile as pages show it; `broken` says that its system could not answer."""

    title: str | Promise
    reading: Reading | None
    broken: bool = False


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A tile that can be shown; nothing is asked before it is."""

    system: str
    tile: Tile

    @property
    def key(self) -> str:
        """`<system>.<tile>`: how boards name it."""
        return f"{self.system}.{self.tile.slug}"

    def shown(self) -> Shown:
        """The tile with its number as it is now."""
        return _shown(self.tile.title, self.tile.reading, self.key)


def offered(theme: str = "") -> list[Offered]:
    """Tiles of the systems that are on, of one theme or of all, without their numbers."""
    return [
        Offered(system=system.slug, tile=tile)
        for system, tile in registry.tiles()
        if not theme or tile.theme == theme
    ]


def tiles(theme: str = "") -> list[Shown]:
    """Tiles of the systems that are on, of one theme or of all."""
    return [one.shown() for one in offered(theme)]


def cut(shown: list[Shown]) -> bool:
    """Whether a source is too long for its tile, so that it stands in full below the tiles."""
    return any(len(one.reading.source) > LONGEST_SOURCE for one in shown if one.reading)


def datastreams(shown: list[Shown]) -> list[int]:
    """What these tiles are made of, for live updates."""
    return sorted({stream for one in shown if one.reading for stream in one.reading.datastreams})


def _shown(title: str | Promise, path: str, name: str) -> Shown:
    try:
        return Shown(title=title, reading=registry.resolve(path)())
    except Exception:
        log.exception("tile failed", tile=name)
        return Shown(title=title, reading=None, broken=True)
