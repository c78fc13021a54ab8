"""What a column means, by its values and not by its heading alone: keys, postcodes, units."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement.finding.addresses import POSTCODE
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World, filled, text_of
from stadtkern.systems.data_improvement.finding.streets import looks_like, parsed

LEAST: Final = 5
SHARE: Final = 0.9


def _all(pattern: str) -> Callable[[Sequence[str]], bool]:
    found = re.compile(pattern)
    return lambda values: sum(bool(found.fullmatch(one)) for one in values) >= SHARE * len(values)


def _between(low: float, high: float) -> Callable[[Sequence[str]], bool]:
    def inside(values: Sequence[str]) -> bool:
        numbers = [_number(one) for one in values]
        return sum(one is not None and low <= one <= high for one in numbers) >= SHARE * len(values)

    return inside


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _addresses(values: Sequence[str]) -> bool:
    fits = sum(looks_like(one) for one in values)
    return fits >= 0.7 * len(values) and sum(bool(parsed(v).number) for v in values) > 0.3 * fits


def _postcodes(values: Sequence[str]) -> bool:
    fits = [found for one in values if (found := POSTCODE.match(one))]
    return len(fits) >= SHARE * len(values) and len({f["code"] for f in fits}) <= 0.6 * len(values)


# Values that fit, and a heading that allows it. German keys: AGS of destatis, 8 digits; the
# leading nought of the states 01 to 09 is often lost.
MEANINGS: Final[Mapping[str, tuple[Callable[[Sequence[str]], bool], str]]] = {
    "ags": (_all(r"(0[1-9]|1[0-6])\d{6}"), r"ags|gemeinde|schluessel|key|kennz|^spalte"),
    "ags_short": (_all(r"[1-9]\d{6}"), r"ags|gemeindeschl|gkz|gemeinde"),
    "postcode": (_postcodes, r"."),
    "utm_east": (_between(280_000, 900_000), r"rechts|ost|east|^x|_x|utm|xcenter"),
    "utm_north": (_between(5_230_000, 6_110_000), r"hoch|nord|north|^y|_y|utm|ycenter"),
    "lon": (_between(5.5, 15.5), r"lon|lng|laenge|^x"),
    "lat": (_between(47.0, 55.2), r"lat|breite|^y"),
    "address": (_addresses, r"."),
    "email": (_all(r"[^@\s]+@[^@\s]+\.[a-z]{2,}"), r"."),
    "url": (_all(r"(https?://|www\.)\S+"), r"."),
}  # fmt: skip
# Units that a heading gives away; `naming` takes those in brackets.
UNITS: Final = (
    (r"(^|_)(temperatur|temp|wtemp|lufttemperatur)(_|$)", "°C", -60, 70),
    (r"(^|_)(luftfeuchte|feuchte|feuchtigkeit|humidity|hum|hkhum)(_|$)", "%", 0, 100),
    (r"(^|_)(luftdruck|pressure)(_|$)", "hPa", 850, 1100),
    (r"(^|_)(anschlussleistung|ladeleistung)(_|$)", "kW", 0, 2000),
    (r"(^|_)(stammumfang|stammumfan|kronendurchmesser|wuchshoehe)(_|$)", "cm", 1, 1000),
    (r"(^|_)(prozent|anteil|quote)(_|$)", "%", 0, 100),
    (r"(^|_)(flaeche_qm|qm)(_|$)", "m²", 0, 1e9),
)  # fmt: skip


def find(table: Table, _world: World) -> Iterator[Found]:
    """A proposal for each column whose meaning or unit is not told yet."""
    for one in table.columns:
        if one.kind in ("geometry", "boolean", "date", "datetime"):
            continue
        values = [text_of(value) for value in filled(table.values(one.slug))]
        if len(values) < LEAST:
            continue
        if not one.about and (name := meaning_of(one.slug, values)):
            yield _found(one, name, {"meaning": name})
        if not one.unit and one.kind in ("integer", "number") and (unit := unit_of(one, values)):
            yield _found(one, "unit", {"unit": unit})


def meaning_of(slug: str, values: Sequence[str]) -> str:
    """The first meaning that the values and the heading allow; empty where there is none."""
    for name, (fits, heading) in MEANINGS.items():
        if re.search(heading, slug) and fits(values):
            return name
    return ""


def unit_of(column: Field, values: Sequence[str]) -> str:
    """The unit that the heading gives away and the values bear out."""
    for heading, unit, low, high in UNITS:
        if re.search(heading, column.slug) and _between(low, high)(values):
            return unit
    return ""


def _found(one: Field, name: str, to: dict[str, Any]) -> Found:
    return Found(
        kind="meaning", method="values" if name != "unit" else "heading", action="describe",
        column=one.slug, to=to, reason=f"meaning.{name}",
        said={"column": one.title or one.slug, "unit": to.get("unit", "")},
        strength=0.9 if name != "unit" else 0.7,
    )  # fmt: skip
