"""Tiles: numbers that systems give, so that one that fails never breaks a page."""

from dataclasses import dataclass, replace
from textwrap import shorten

import structlog
from django.utils.functional import Promise

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Reading

log = structlog.get_logger("tiles")

LONGEST = 56


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A tile as pages show it; `broken` says that its system could not answer."""

    title: str | Promise
    reading: Reading | None
    broken: bool = False

    @property
    def short(self) -> Reading | None:
        """The reading with a source that fits into a tile; the whole one stands below the tiles."""
        if self.reading is None:
            return None
        return replace(self.reading, source=shorten(self.reading.source, LONGEST, placeholder=" …"))


def tiles(theme: str = "") -> list[Shown]:
    """Tiles of the systems that are on, of one theme or of all."""
    found = [
        (system, tile) for system, tile in registry.tiles() if not theme or tile.theme == theme
    ]
    return [
        _shown(tile.title, tile.reading, f"{system.slug}.{tile.slug}") for system, tile in found
    ]


def cut(shown: list[Shown]) -> bool:
    """Whether a source was too long for its tile."""
    return any(one.reading.source != one.short.source for one in shown if one.reading and one.short)


def datastreams(shown: list[Shown]) -> list[int]:
    """What these tiles are made of, for live updates."""
    return sorted({stream for one in shown if one.reading for stream in one.reading.datastreams})


def _shown(title: str | Promise, path: str, name: str) -> Shown:
    try:
        return Shown(title=title, reading=registry.resolve(path)())
    except Exception:
        log.exception("tile failed", tile=name)
        return Shown(title=title, reading=None, broken=True)
