"""Random rounding that gives nothing away: parts are rounded, sums are sums of rounded parts.

A part becomes the multiple of `base` below or above it, by chance, in the mean the number itself;
the same count is always rounded the same way, so that editions do not average it out. A sum says
nothing but what its rounded parts say, so no subtraction can narrow a part further than
`base` - 1 below and above what is shown.
"""

import hmac
from collections.abc import Mapping, Sequence

from stadtkern.systems.statistics.secrecy.frame import Division, Place, place

Key = tuple[str, ...]


def rounded(value: int, base: int, seed: str, where: Place) -> int:
    """A multiple of `base` next to this count, by a chance that the seed decides."""
    below, rest = value - value % base, value % base
    text = f"{sorted(where)}|{value}".encode()
    chance = int.from_bytes(hmac.digest(seed.encode(), text, "sha256")[:8])
    return below + base * (chance % base < rest)


def table(
    values: Mapping[Key, int | None], divisions: Sequence[Division], base: int, seed: str
) -> dict[Key, int | None]:
    """The whole table; a sum over a count that is not known is not known."""
    parts = [one.parts() for one in divisions]
    done: dict[Key, int | None] = {}

    def of(key: Key) -> int | None:
        if key not in done:
            done[key] = _sum(key) if _whole(key) is not None else _part(key)
        return done[key]

    def _whole(key: Key) -> int | None:
        return next((i for i, code in enumerate(key) if _there(key, i, code)), None)

    def _there(key: Key, i: int, code: str) -> list[Key]:
        found = [(*key[:i], part, *key[i + 1 :]) for part in parts[i].get(code, ())]
        return [one for one in found if one in values]

    def _sum(key: Key) -> int | None:
        i = _whole(key)
        found = [of(one) for one in _there(key, i, key[i])] if i is not None else []
        known = [value for value in found if value is not None]
        return sum(known) if len(known) == len(found) else None

    def _part(key: Key) -> int | None:
        value = values[key]
        return None if value is None else rounded(value, base, seed, place(divisions, key))

    return {key: of(key) for key in values}
