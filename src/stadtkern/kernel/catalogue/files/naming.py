"""Headings become names: slugs for programs, titles for people, and the unit in brackets."""

import re
from collections.abc import Sequence
from typing import Final

from django.utils.text import slugify

from stadtkern.kernel.catalogue.columns import SLUG
from stadtkern.kernel.catalogue.files.notices import Notices

GERMAN: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
     "²": "2", "³": "3", "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₅": "5", "%": " prozent ",
     "€": " euro "}
)  # fmt: skip
# Units that stand in round brackets too, which hold many other things.
UNITS: Final = frozenset((
    "°C", "%", "kW", "kWh", "MW", "MWh", "W", "Wh", "m", "km", "cm", "mm", "m²", "km²", "ha",
    "m³", "l", "m/s", "km/h", "mm/h", "µg/m³", "mg/m³", "g/m³", "hPa", "€", "EUR", "ct", "t",
    "kg", "g", "V", "A", "Ah", "Hz", "kHz", "MHz", "h", "min", "s", "ms", "dB", "dBm", "dB(A)",
    "ppm", "lx", "W/m²", "Mbit/s", "Tsd.", "Mio.", "°",
))  # fmt: skip
SQUARE: Final = re.compile(r"\s*\[([^\[\]]{1,20})\]\s*$")
ROUND: Final = re.compile(r"\s*\(([^()]{1,12}(?:\(A\))?)\)\s*$")
IN: Final = re.compile(r"\s+in\s+(\S{1,10})\s*$")
SAME: Final = {"DG": "°", "Grad": "°", "Euro": "€", "EUR": "€", "ug/m3": "µg/m³", "qm": "m²"}
# Our own columns begin with an underscore; these words would need quotes in many programs.
LONGEST: Final = 50


def unit_of(heading: str) -> tuple[str, str]:
    """The heading without its unit, and the unit; `Leistung [kW]` gives `Leistung` and `kW`."""
    for pattern in (SQUARE, ROUND, IN):
        if found := pattern.search(heading):
            unit = SAME.get(found[1], found[1]).replace("\N{GREEK SMALL LETTER MU}", "µ")
            if pattern is SQUARE or unit in UNITS:
                return heading[: found.start()].strip() or heading, unit
    return heading, ""


def slug_of(heading: str, number: int) -> str:
    """A column's name in the database: small letters, digits, underscores."""
    words = slugify(heading.translate(GERMAN)).replace("-", "_").strip("_")
    words = re.sub("_+", "_", words)[:LONGEST].strip("_")
    if words and not words[0].isalpha():
        words = f"c_{words}"
    return words if SLUG.fullmatch(words) else f"spalte_{number}"


def named(heads: Sequence[str], notices: Notices) -> list[tuple[str, str]]:
    """Slug and title of each heading, all of them different."""
    slugs: set[str] = set()
    titles: dict[str, int] = {}
    found = []
    for number, head in enumerate(heads, start=1):
        title = " ".join(unit_of(head)[0].split()) or f"Spalte {number}"
        if not head:
            notices.add("no_heading", title)
        titles[head or title] = titles.get(head or title, 0) + 1
        if (again := titles[head or title]) > 1:
            title = f"{title} ({again})"
            notices.add("same_heading", title)
        found.append((_free(slug_of(unit_of(head)[0], number), slugs), title))
    return found


def _free(slug: str, taken: set[str]) -> str:
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}_{number}", number + 1
    taken.add(free)
    return free


def resource_slug(name: str, taken: Sequence[str] = ()) -> str:
    """How an address names a dataset or resource."""
    slug = slugify(name.translate(GERMAN))[:80].strip("-") or "daten"
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def title_of(name: str) -> str:
    """A file's or sheet's name as a first title."""
    stem = re.sub(r"\.(csv|tsv|txt|xlsx|geojson|json|gpkg|zip|gz|shp)$", "", name, flags=re.I)
    return " ".join(re.sub(r"[_]+", " ", stem).split())[:200] or name
