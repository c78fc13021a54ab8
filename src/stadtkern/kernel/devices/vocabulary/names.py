"""Field names taken apart: `soilTemperature_c` is soil temperature in degrees Celsius."""

import re
from functools import cache

from stadtkern.kernel.devices.vocabulary.terms import Term, terms

CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# What a name may end in, and the unit it then has.
SUFFIXES = {
    "c": "Cel", "celsius": "Cel", "degc": "Cel", "f": "[degF]", "degf": "[degF]",
    "fahrenheit": "[degF]", "percent": "%", "pct": "%", "hpa": "hPa", "pa": "Pa", "kpa": "kPa",
    "mbar": "mbar", "mv": "mV", "mm": "mm", "cm": "cm", "m": "m", "kwh": "kW.h", "wh": "W.h",
    "w": "W", "kw": "kW", "ma": "mA", "ppm": "[ppm]", "ppb": "[ppb]", "lux": "lx", "lx": "lx",
    "db": "dB", "dba": "dB", "deg": "deg", "kmh": "km/h", "l": "L", "liter": "L", "litre": "L",
    "m3": "m3", "lph": "L/h", "ms": "m/s", "a": "A", "v": "V",
}  # fmt: skip
# Words that say how a value came about, and not what it is.
FILLERS = {"value", "val", "sensor", "data", "current", "measurement", "reading", "avg", "average"}
# What somebody calls a substance is written in one word here: pm2_5 and PM2.5 are pm25.
DUST = re.compile(r"\bpm ?(\d+)(?: ([05]))?\b")


@cache
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: of its last step, or of all where that says nothing."""
    words = [word.lower() for word in CAMEL.findall(_substances(name))]
    return tuple(_joined(" ".join(words)).split())


def _substances(name: str) -> str:
    return re.sub(r"(?i)\b(co|no|so|o|pm|pulse|ph|m)_?(\d)", r"\1\2", name.replace("₂", "2"))


def _joined(words: str) -> str:
    words = DUST.sub(lambda m: f"pm{m[1]}{'5' if m[2] == '5' else ''}", words)
    words = re.sub(r"\b(p h|ph)\b", "ph", words)
    return re.sub(r"\b(co|no|so|o|ph|pulse|m) (\d)\b", r"\1\2", words)


def unit_suffix(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The words without a unit at their end, and that unit (UCUM) or nothing."""
    if len(words) > 1 and words[-1] in SUFFIXES:
        return words[:-1], SUFFIXES[words[-1]]
    return words, ""


@cache
def synonyms() -> dict[tuple[str, ...], Term]:
    """Every synonym, as words, with the term it means; the table's first wins."""
    found: dict[tuple[str, ...], Term] = {}
    for term in terms():
        for synonym in (*term.synonyms, term.key.replace(".", " "), term.slug.replace("_", " ")):
            found.setdefault(tokens(synonym), term)
    return found


def match(words: tuple[str, ...]) -> tuple[Term, float] | None:
    """The term that these words mean and how sure that is, or None.

    The whole name counts most; then the longest run of its words that is a synonym.
    """
    known = synonyms()
    if words in known:
        return known[words], 0.95
    plain = tuple(word for word in words if word not in FILLERS and not word.isdigit())
    if plain and plain in known:
        return known[plain], 0.85
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length, -1, -1):
            part = words[start : start + length]
            if part in known and len("".join(part)) > 2:
                return known[part], 0.4 + 0.3 * length / len(words)
    return None
