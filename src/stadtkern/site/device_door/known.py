"""The networks as the door must know them, asked for every few seconds at most."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.sensorthings.pool import STEADY, pool

FRESH = 2.0  # seconds within which a withdrawn token stops to work
# A network may have been set up this very moment; a stranger who tries names costs no more.
SOONEST = 0.2
ALL = 'select slug, kind, way, "on", digest, settings from devices_network'


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A network; `digest` is the SHA-256 of the token that opens its door, in hex."""

    slug: str
    kind: str
    way: str
    on: bool
    digest: str
    settings: Mapping[str, Any]


_known: dict[str, Known] = {}
_asked = 0.0


async def look_up(slug: str) -> Known | None:
    """The network of this name. Raises psycopg.Error or PoolTimeout: the database is away."""
    global _asked
    if time.monotonic() - _asked > (FRESH if slug in _known else SOONEST):
        async with (await pool(STEADY)).connection() as connection:
            rows = await (await connection.execute(ALL)).fetchall()
        _known.clear()
        _known.update(
            (row[0], Known(**dict(zip(Known.__slots__, row, strict=True)))) for row in rows
        )
        _asked = time.monotonic()
    return _known.get(slug)


def forget() -> None:
    """Ask again at the next message."""
    global _asked
    _asked = 0.0
