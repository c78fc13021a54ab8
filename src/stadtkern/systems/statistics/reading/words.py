"""The words of statistics offices: totals, sexes, age classes, dates, and what a heading means."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.text import slugify

TOTAL: Final = re.compile(
    r"(ins)?gesamt|total|zusammen|summe|alle|all|overall|beide geschlechter|gesamtstadt", re.I
)
SEXES: Final = {
    "männlich": ("m", "male"), "maennlich": ("m", "male"), "male": ("m", "male"),
    "männer": ("m", "men"), "m": ("m", "male"), "weiblich": ("w", "female"),
    "female": ("w", "female"), "frauen": ("w", "women"), "w": ("w", "female"),
    "divers": ("d", "diverse"), "ohne angabe": ("x", "not stated"),
}  # fmt: skip
MONTHS: Final = (
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
    "oktober", "november", "dezember",
)  # fmt: skip
HEADINGS: Final = {
    "area": re.compile(r"raum|gebiet|kreis|gemeinde|ags|stadt|bezirk|quartier|land|region|area"),
    "time": re.compile(r"zeit|jahr|datum|stichtag|monat|date|year|time|month"),
    "age": re.compile(r"alter|age"),
    "sex": re.compile(r"geschlecht|sex|gender"),
    "nationality": re.compile(r"national|staatsang|herkunft|deutsch"),
}
# Numbers below these headings are official keys of areas; a precinct has numbers of its own.
OFFICIAL: Final = re.compile(r"ags|ars|raum|gebiet|kreis|gemeinde|region|land")
CODE: Final = re.compile(
    r"(^|[^a-zäöü])(ags|ars|rs|nr|id|schl\w*|key|code|nuts|bez-?nr)($|[^a-zäöü])"
)
VALUE: Final = re.compile(r"^(wert|value|anzahl|ergebnis|betrag)$")
UNIT: Final = re.compile(r"einheit|unit|quelle|source|dateiname")

_UNDER = re.compile(r"(?:bis )?unter (\d+)( jahren?)?", re.I)
_FROM_UNDER = re.compile(r"(\d+) (?:jahre )?bis unter (\d+)( jahren?)?", re.I)
_FROM_TO = re.compile(r"(\d+) ?(?:bis|-|–) ?(\d+)( jahren?)?", re.I)
_FROM = re.compile(r"(\d+)( jahren?)? (?:und (?:mehr|älter)|u\. ä\.)|ab (\d+)( jahren?)?", re.I)
_ONE = re.compile(r"(\d{1,3}) jahren?", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """An item as the file names it: its code, titles, and what its kind knows about it."""

    code: str
    title: str
    title_en: str = ""
    day: date | None = None
    low: int | None = None
    high: int | None = None
    note: str = ""

    @property
    def total(self) -> bool:
        """Whether it is the whole of its dimension."""
        return self.code == "total"


def label_of(kind: str, title: str, code: str = "", note: str = "") -> Label:
    """The item that a heading or a key names."""
    plain = title.strip()
    if TOTAL.fullmatch(plain) and not code:
        return Label(code="total", title="Insgesamt", title_en="Total", note=note)
    if kind == "sex" and (known := SEXES.get(plain.lower())):
        return Label(code=known[0], title=plain, title_en=known[1], note=note)
    if kind == "age" and (bounds := ages(plain)):
        return _age(plain, *bounds, note=note)
    if kind == "time" and (when := instant(plain)):
        return Label(code=when[0], title=_day(plain, when[0]), day=when[1], note=note)
    return Label(code=(code or slugify(plain, allow_unicode=True))[:80] or "x", title=plain or code,
                 note=note)  # fmt: skip


def _day(plain: str, code: str) -> str:
    """A full date as people in this country write it."""
    return ".".join(reversed(code.split("-"))) if len(code) == 10 else plain


def _age(title: str, low: int, high: int | None, note: str) -> Label:
    if high is None:
        english = f"{low} years and over"
    elif low == 0:
        english = f"under {high + 1} years"
    else:
        english = f"{low} to under {high + 1} years"
    code = f"{low}-{'' if high is None else high}"
    return Label(code=code, title=title, title_en=english, low=low, high=high, note=note)


def ages(text: str) -> tuple[int, int | None] | None:
    """The bounds of an age class in whole years, both inside; None where it is none."""
    text = text.strip()
    if found := _FROM_UNDER.fullmatch(text):
        return int(found[1]), int(found[2]) - 1
    if found := _UNDER.fullmatch(text):
        return 0, int(found[1]) - 1
    if found := _FROM_TO.fullmatch(text):
        return int(found[1]), int(found[2])
    if found := _FROM.fullmatch(text):
        return int(found[1] or found[3]), None
    found = _ONE.fullmatch(text)
    return (int(found[1]), int(found[1])) if found else None


def instant(text: str) -> tuple[str, date] | None:
    """`2014`, `2014-12-31`, `31.12.2014`, `2013-01`, `Januar 2013`: a code, and its last day."""
    text = text.strip()
    try:
        if re.fullmatch(r"(19|20)\d\d", text):
            return text, date(int(text), 12, 31)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return text, date.fromisoformat(text)
        if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
            day = date(int(found[3]), int(found[2]), int(found[1]))
            return day.isoformat(), day
        if found := re.fullmatch(r"(\d{4})-(\d\d)", text):
            return _month(int(found[1]), int(found[2]))
        if (found := re.fullmatch(r"([a-zä]+) (\d{4})", text.lower())) and found[1] in MONTHS:
            return _month(int(found[2]), MONTHS.index(found[1]) + 1)
    except ValueError:
        pass
    return None


def _month(year: int, month: int) -> tuple[str, date]:
    return f"{year}-{month:02}", date(year, month, monthrange(year, month)[1])


def kind_of(values: Sequence[str], heading: str = "") -> str:
    """What a dimension with these items is: by its items first, then by its heading."""
    said = [value.strip() for value in values if value.strip()]
    plain = [value for value in said if not TOTAL.fullmatch(value)]
    if plain and all(instant(value) for value in plain):
        return "time"
    if plain and all(value.lower() in SEXES for value in plain):
        return "sex"
    if plain and sum(ages(value) is not None for value in plain) > len(plain) / 2:
        return "age"
    if plain and all(re.search(r"deutsch|ausländ", value.lower()) for value in plain):
        return "nationality"
    return next((kind for kind, one in HEADINGS.items() if one.search(heading.lower())), "other")


def area_key(text: str, *, short: bool) -> str:
    """An AGS as text; `short` says that its column has lost the leading zeros."""
    key = text.strip().removesuffix(".0")
    return f"0{key}" if short and key.isdigit() and len(key) in (1, 4, 7) else key
