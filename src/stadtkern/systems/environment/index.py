"""The air-quality index: versioned tables of limits, and the class that mean values fall into."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from django.utils.translation import get_language

from stadtkern.kernel import registry
from stadtkern.kernel.city import Struct
from stadtkern.kernel.contract import State

FOLDER = Path(__file__).parent / "air_index"
Averaging = Literal["hour", "moving_24h"]


class Words(Struct, frozen=True, kw_only=True):
    """A text in both languages."""

    de: str
    en: str

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.de


class Class(Struct, frozen=True, kw_only=True):
    """One class of the index, from best to worst, with advice."""

    state: State
    name: Words
    advice: Words


class Limits(Struct, frozen=True, kw_only=True):
    """How a pollutant is averaged, and the highest whole µg/m³ of each class but the last."""

    averaging: Averaging
    upper: tuple[int, int, int, int]


class Scheme(Struct, frozen=True, kw_only=True):
    """One version of the index. `valid_from` is missing where the day is not confirmed."""

    version: str
    edition: int
    name: Words
    source: str
    source_url: str
    note: Words
    pollutants: dict[str, Limits]
    classes: tuple[Class, Class, Class, Class, Class]
    valid_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class Rating:
    """The class of a station: the worst pollutant decides; incomplete where some are missing."""

    level: int
    klass: Class
    decided_by: str
    complete: bool


@cache
def schemes() -> dict[str, Scheme]:
    """All versions that we ship, the newest first."""
    found = (msgspec.toml.decode(path.read_bytes(), type=Scheme) for path in FOLDER.glob("*.toml"))
    return {s.version: s for s in sorted(found, key=lambda s: s.edition, reverse=True)}


def current() -> Scheme:
    """The version that the city chose, or the newest."""
    known = schemes()
    return known.get(registry.settings_of("environment").air_index) or next(iter(known.values()))


def whole(mean: float) -> int:
    """The whole number that the limits are for; halves go up: 9.4 is 9 and 9.5 is 10."""
    # Six decimals first: a mean of 9.5 may come out of a sum as 9.4999999999.
    return int(Decimal(f"{mean:.6f}").quantize(Decimal(1), rounding=ROUND_HALF_UP))


def level_of(limits: Limits, mean: float) -> int:
    """0 (very good) to 4 (very poor)."""
    return bisect_left(limits.upper, whole(mean))


def rate(scheme: Scheme, means: Mapping[str, float]) -> Rating | None:
    """The class for these means in µg/m³ by pollutant; None where none belongs to the index."""
    limits = {slug: one for slug, one in scheme.pollutants.items() if slug in means}
    levels = {slug: level_of(one, means[slug]) for slug, one in limits.items()}
    if not levels:
        return None
    worst = max(levels, key=lambda p: levels[p])
    return Rating(
        level=levels[worst],
        klass=scheme.classes[levels[worst]],
        decided_by=worst,
        complete=len(levels) == len(scheme.pollutants),
    )
