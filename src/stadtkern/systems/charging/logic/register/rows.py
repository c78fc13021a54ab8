"""One row of the register, understood: numbers, dates, addresses, plugs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from stadtkern.systems.charging.logic.register.table import fold

MOST_PLUGS: Final = 12
SPLIT: Final = re.compile(r"\s*[;,]\s*")
HOUSE: Final = re.compile(r"^(?P<street>.*\D)\s+(?P<house>\d.*)$")
EVSE_ID: Final = re.compile(r"^[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plug:
    """What stands in one plug column: the connectors of one charging point."""

    types: tuple[str, ...]
    kw: float | None = None
    evse_id: str = ""

    def said(self) -> dict[str, Any]:
        """For the database."""
        return {"types": list(self.types), "kw": self.kw, "evse_id": self.evse_id}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A charging station of the register."""

    line: int
    operator: str
    street: str
    postcode: str
    town: str
    district: str = ""
    lon: float | None = None
    lat: float | None = None
    points: int = 1
    kw: float | None = None
    fast: bool = False
    commissioned: date | None = None
    hours: str = ""
    register_id: str = ""
    plugs: tuple[Plug, ...] = field(default=())


def row_of(line: int, cells: Mapping[str, str]) -> Row:
    """A row in the words of every layout."""
    postcode, town = _town(cells)
    listed = plugs(cells)
    given = number(cells.get("points", ""))
    return Row(
        line=line, operator=cells["operator"][:200], street=_street(cells)[:200],
        postcode=postcode[:10], town=town[:100], district=cells.get("district", ""),
        lon=number(cells.get("lon", "")), lat=number(cells.get("lat", "")),
        points=int(given) if given and 1 <= given <= 500 else max(len(listed), 1),
        kw=number(cells.get("kw", "")), fast="schnell" in fold(cells.get("kind", "")),
        commissioned=day(cells.get("commissioned", "")), hours=hours(cells),
        register_id=cells.get("register_id", "")[:40], plugs=listed,
    )  # fmt: skip


def number(text: str) -> float | None:
    """`51,5364`, `51.5364`, `1.234,5`, also with a degree sign; None where there is none."""
    said = re.sub(r"[^\d,.\-]", "", text)
    if "," in said and "." in said:
        said = said.replace(".", "")
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return None


def day(text: str) -> date | None:
    """A date as ISO or as Germans write it."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  a day, no instant
        except ValueError:
            continue
    return None


def plugs(cells: Mapping[str, str]) -> tuple[Plug, ...]:
    """One for each plug column in use: two types in one cell are two cables of one point."""
    found = []
    for n in range(1, MOST_PLUGS + 1):
        types = tuple(one for one in SPLIT.split(cells.get(f"plug{n}", "")) if one)
        if types:
            evse_id = re.sub(r"\s", "", cells.get(f"evse_id{n}", "")).upper()
            found.append(Plug(types=types, kw=_strongest(cells.get(f"plug_kw{n}", "")),
                              evse_id=evse_id if EVSE_ID.match(evse_id) else ""))  # fmt: skip
    return tuple(found)


def _strongest(text: str) -> float | None:
    """`22,0` is one power; `50; 43` are two, one for each cable."""
    parts = [number(one) for one in text.split(";")]
    return max((one for one in parts if one), default=None)


def hours(cells: Mapping[str, str]) -> str:
    """Opening hours: `24/7` where the register says so, else its own words."""
    said = cells.get("hours", "")
    if fold(said) in ("247", "durchgehendgeoffnet", "24stunden7tage"):
        return "24/7"
    parts = (said, cells.get("hours_days", ""), cells.get("hours_times", ""))
    known = [one for one in parts if one and fold(one) not in ("keineangabe", "eingeschrankt")]
    return " ".join(known)[:250]


def _street(cells: Mapping[str, str]) -> str:
    if "address" in cells:
        return cells["address"]
    return f"{cells.get('street', '')} {cells.get('house', '')}".strip()


def _town(cells: Mapping[str, str]) -> tuple[str, str]:
    if "postcode_town" in cells:
        postcode, _space, town = cells["postcode_town"].partition(" ")
        return (postcode, town.strip()) if postcode.isdigit() else ("", cells["postcode_town"])
    postcode = cells.get("postcode", "")
    # A workbook's number has lost its leading zero.
    return (postcode.zfill(5) if postcode.isdigit() else postcode), cells.get("town", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A plug in the words of OCPI 2.2.1 (8.4.5, 8.4.6, 8.4.19)."""

    standard: str
    format: str
    power: str
    kw: float


KINDS: Final = (
    (r"combo|ccs", Kind(standard="IEC_62196_T2_COMBO", format="CABLE", power="DC", kw=50)),
    (r"chademo", Kind(standard="CHADEMO", format="CABLE", power="DC", kw=50)),
    (r"mcs|megawatt", Kind(standard="MCS", format="CABLE", power="DC", kw=1000)),
    (r"tesla", Kind(standard="TESLA_S", format="CABLE", power="DC", kw=100)),
    (r"schuko", Kind(standard="DOMESTIC_F", format="SOCKET", power="AC_1_PHASE", kw=3.7)),
    (r"cee3|cee16a3|blau", Kind(standard="IEC_60309_2_single_16", format="SOCKET",
                                power="AC_1_PHASE", kw=3.7)),
    (r"cee", Kind(standard="IEC_60309_2_three_32", format="SOCKET", power="AC_3_PHASE", kw=22)),
    (r"typ1", Kind(standard="IEC_62196_T1", format="CABLE", power="AC_1_PHASE", kw=3.7)),
    (r"kupplung.*typ2|typ2.*kupplung|typ2.*kabel",
     Kind(standard="IEC_62196_T2", format="CABLE", power="AC_3_PHASE", kw=22)),
    (r"typ2", Kind(standard="IEC_62196_T2", format="SOCKET", power="AC_3_PHASE", kw=22)),
)  # fmt: skip


def kind_of(said: str) -> Kind | None:
    """What the register calls a plug; None for what no car is plugged into (adapters)."""
    folded = fold(said)
    if "adapter" in folded:
        return None
    return next((kind for pattern, kind in KINDS if re.search(pattern, folded)), None)
