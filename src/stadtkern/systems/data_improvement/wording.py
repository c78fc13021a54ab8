"""Findings in words: what a kind is called, why something is proposed, and before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.ui.numbers import figure

Text = str | Promise
LONGEST: Final = 90


class Told(Protocol):
    """What of a proposal or step is told."""

    kind: str
    method: str
    action: str
    column: str
    reason: str

    @property
    def cells(self) -> Any: ...
    @property
    def to(self) -> Any: ...
    @property
    def said(self) -> Any: ...


KINDS: Final[Mapping[str, Text]] = {
    "type": gettext_lazy("Numbers and days stored as text"),
    "position": gettext_lazy("Wrong positions"),
    "address": gettext_lazy("Addresses"),
    "postcode": gettext_lazy("Postcodes"),
    "spelling": gettext_lazy("Spellings of categories"),
    "duplicate": gettext_lazy("Rows that stand there twice"),
    "unit": gettext_lazy("Wrong units"),
    "fault": gettext_lazy("Faulty measurements"),
    "gap": gettext_lazy("Gaps in measurements"),
    "meaning": gettext_lazy("Meaning of columns"),
    "record": gettext_lazy("Description of the dataset"),
    "link": gettext_lazy("Links to other datasets"),
}
METHODS: Final[Mapping[str, Text]] = {
    "line": gettext_lazy("straight line"),
    "profile": gettext_lazy("usual week"),
    "ridge": gettext_lazy("linear model on neighbours"),
    "trees": gettext_lazy("decision trees on neighbours"),
    "jump": gettext_lazy("jump taken out"),
    "still": gettext_lazy("standstill taken out"),
    "nought": gettext_lazy("false nought taken out"),
    "model": gettext_lazy("learned from other records"),
    "reading": gettext_lazy("reading rules"),
    "words": gettext_lazy("list of words"),
    "list": gettext_lazy("list of words"),
    "values": gettext_lazy("comparison of values"),
    "heading": gettext_lazy("heading and values"),
    "facts": gettext_lazy("facts from the table"),
    "full": gettext_lazy("written in full"),
    "damaged": gettext_lazy("damaged letters"),
    "misspelled": gettext_lazy("list of streets"),
    "street": gettext_lazy("other rows of the street"),
    "place": gettext_lazy("nearest places"),
    "both": gettext_lazy("street and nearest places"),
    "form": gettext_lazy("same word, written otherwise"),
    "slip": gettext_lazy("slip of the pen"),
    "exact": gettext_lazy("all cells alike"),
    "near": gettext_lazy("same place, name alike"),
    "factor": gettext_lazy("factor of ten"),
    "zero": gettext_lazy("position at nought"),
    "swapped": gettext_lazy("longitude and latitude swapped"),
    "sign": gettext_lazy("sign missing"),
    "point": gettext_lazy("decimal point moved"),
    "metres": gettext_lazy("metres in place of degrees"),
    "far": gettext_lazy("far from all others"),
}
REASONS: Final[Mapping[str, Text]] = {
    "type.number": gettext_lazy(
        "All %(count)s entries can be read as numbers, for example “%(old)s” as %(new)s."
    ),
    "type.date": gettext_lazy(
        "All %(count)s entries can be read as days, for example “%(old)s” as %(new)s."
    ),
    "position.zero": gettext_lazy(
        "The position is 0, 0. Programs write that where they know nothing."
    ),
    "position.swapped": gettext_lazy(
        "Swapped, the two numbers lie where the other rows are: %(new)s."
    ),
    "position.sign": gettext_lazy("With the right sign it lies where the other rows are."),
    "position.point": gettext_lazy(
        "With the decimal point moved it lies where the other rows are: %(new)s."
    ),
    "position.metres": gettext_lazy(
        "The numbers are metres of the map grid. Converted, they lie where the other rows are."
    ),
    "position.far": gettext_lazy(
        "The position %(old)s is far from all other rows, and nothing explains where it belongs."
    ),
    "address.full": gettext_lazy("“%(old)s” written in full. The table has %(count)s of them."),
    "address.damaged": gettext_lazy("Letters of the word “Straße” are damaged."),
    "address.misspelled": gettext_lazy(
        "No street of this name is known, but one that differs by one letter, %(count)s times."
    ),
    "postcode.street": gettext_lazy("All other rows of this street have %(new)s."),
    "postcode.place": gettext_lazy("Nearly all of the nearest rows have %(new)s."),
    "postcode.both": gettext_lazy(
        "The other rows of this street and the nearest ones have %(new)s."
    ),
    "spelling.form": gettext_lazy(
        "The same word as “%(new)s”, which is written so %(count)s times."
    ),
    "spelling.slip": gettext_lazy(
        "One or two letters away from “%(new)s”, which occurs %(count)s times."
    ),
    "duplicate.exact": gettext_lazy("Says the same as row %(row)s in every cell: “%(name)s”."),
    "duplicate.near": gettext_lazy(
        "%(metres)s metres from row %(row)s, “%(name)s”, and named nearly alike (%(alike)s %%)."
    ),
    "unit.all": gettext_lazy(
        "%(times)s times away from the usual value. Shifted by a factor of %(factor)s it fits."
    ),
    "unit.group": gettext_lazy(
        "%(times)s times away from rows with the same “%(by)s”. Shifted by a factor of %(factor)s "
        "it fits."
    ),
    "unit.ratio": gettext_lazy(
        "Compared with “%(by)s” %(times)s times away from the usual. Shifted by a factor of "
        "%(factor)s it fits."
    ),
    "fault.jump": gettext_lazy(
        "On %(at)s a single value of %(value)s, where about %(expected)s was to be expected; "
        "before and after it all is usual."
    ),
    "fault.still": gettext_lazy(
        "From %(at)s to %(until)s always %(value)s: this series never stands still so long."
    ),
    "fault.nought": gettext_lazy(
        "From %(at)s to %(until)s nought, where about %(expected)s was to be expected each time."
    ),
    "gap.line": gettext_lazy(
        "%(count)s values from %(at)s are missing. A straight line fills such gaps best; usual "
        "error %(error)s, four of five are closer than %(wide)s."
    ),
    "gap.profile": gettext_lazy(
        "%(count)s values from %(at)s are missing. The usual week fills such gaps best; usual "
        "error %(error)s, four of five are closer than %(wide)s."
    ),
    "gap.ridge": gettext_lazy(
        "%(count)s values from %(at)s are missing. A model on neighbouring series fills such gaps "
        "best; usual error %(error)s, four of five are closer than %(wide)s."
    ),
    "gap.trees": gettext_lazy(
        "%(count)s values from %(at)s are missing. Decision trees on neighbouring series fill such "
        "gaps best; usual error %(error)s, four of five are closer than %(wide)s."
    ),
    "meaning.ags": gettext_lazy("All values are built like official municipality keys."),
    "meaning.ags_short": gettext_lazy(
        "All values are built like official municipality keys whose leading nought was lost."
    ),
    "meaning.postcode": gettext_lazy("The values begin like postcodes and repeat as they do."),
    "meaning.utm_east": gettext_lazy("The values lie where eastings of UTM zone 32 do in Germany."),
    "meaning.utm_north": gettext_lazy("The values lie where northings of UTM do in Germany."),
    "meaning.lon": gettext_lazy("The values lie where longitudes in Germany do."),
    "meaning.lat": gettext_lazy("The values lie where latitudes in Germany do."),
    "meaning.address": gettext_lazy("Most values are streets with house numbers."),
    "meaning.email": gettext_lazy("All values are e-mail addresses."),
    "meaning.url": gettext_lazy("All values are addresses of web pages."),
    "meaning.unit": gettext_lazy("Heading and values fit the unit %(unit)s."),
    "record.theme": gettext_lazy("Title, text and columns speak of this theme."),
    "record.hvd": gettext_lazy("Words of this category of high-value data occur several times."),
    "record.keywords": gettext_lazy("The record speaks of it and does not name it as a keyword."),
    "record.description": gettext_lazy(
        "The description is short. This can be said from the table."
    ),
    "link.values": gettext_lazy(
        "%(count)s values of “%(column)s” also stand in “%(other)s” of “%(dataset)s”."
    ),
}
ABOUT: Final[Mapping[str, tuple[str, str]]] = {
    "ags": ("Amtlicher Gemeindeschlüssel (8 Stellen)", "Official municipality key (8 digits)"),
    "ags_short": (
        "Amtlicher Gemeindeschlüssel ohne die führende Null",
        "Official municipality key without its leading nought",
    ),
    "postcode": ("Postleitzahl", "Postcode"),
    "utm_east": (
        "Ostwert in UTM 32N (EPSG:25832), Meter", "Easting in UTM 32N (EPSG:25832), metres"
    ),
    "utm_north": (
        "Nordwert in UTM 32N (EPSG:25832), Meter", "Northing in UTM 32N (EPSG:25832), metres"
    ),
    "lon": ("Geografische Länge in Grad (WGS 84)", "Longitude in degrees (WGS 84)"),
    "lat": ("Geografische Breite in Grad (WGS 84)", "Latitude in degrees (WGS 84)"),
    "address": ("Straße und Hausnummer", "Street and house number"),
    "email": ("E-Mail-Adresse", "E-mail address"),
    "url": ("Internetadresse", "Address of a web page"),
}  # fmt: skip
DIGITS: Final = 2


def reason(one: Told) -> str:
    """Why, in one sentence."""
    said = {name: _shown(name, value) for name, value in one.said.items()}
    return str(REASONS[one.reason]) % said


def _shown(name: str, value: Any) -> str:
    if name in ("at", "until"):
        return moment(value)
    if isinstance(value, float):
        return figure(value, 0 if value == int(value) else DIGITS)
    if isinstance(value, int):
        return figure(value)
    return str(value)


def moment(text: str) -> str:
    """A time stamp as people read it."""
    at = timezone.localtime(datetime.fromisoformat(text))
    return formats.date_format(at, "SHORT_DATETIME_FORMAT")


def value(cell: Any) -> str:
    """A cell in short; a position as its numbers."""
    if cell is None:
        return _("empty")
    if isinstance(cell, dict):
        spot: Any = cell.get("coordinates")
        return ", ".join(f"{one:.6g}" for one in spot) if cell.get("type") == "Point" else "…"
    if isinstance(cell, float):
        return figure(cell, 0 if cell == int(cell) and abs(cell) < 1e12 else DIGITS)
    text = str(cell)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def before(one: Told) -> str:
    """What stands there now."""
    if one.kind == "position":
        return str(one.said.get("old", ""))
    if one.action == "describe":
        return ""
    if one.action == "cast":
        return _("text")
    if one.action == "fill" and len(one.cells) > 1:
        return _several([cell[2] for cell in one.cells])
    return value(one.cells[0][2]) if one.cells else ""


def after(one: Told) -> str:
    """What would stand there."""
    if one.action == "drop":
        return _("row left out")
    if one.action == "cast":
        return _("days") if one.to["kind"] == "date" else _("numbers")
    if one.action == "describe":
        return described(one)
    if one.kind == "position":
        return str(one.said.get("new", "")) or _("empty")
    if one.kind == "fault":
        return _("left out beside the original")
    if one.action == "fill" and len(one.cells) > 1:
        return _several([cell[3] for cell in one.cells])
    return value(one.cells[0][3]) if one.cells else ""


def _several(cells: list[Any]) -> str:
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    if not numbers:
        return _("%(count)s × empty") % {"count": figure(len(cells))}
    low, high = value(float(min(numbers))), value(float(max(numbers)))
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def described(one: Told) -> str:
    """What would be said of a column or the dataset."""
    to = one.to
    if "meaning" in to:
        return ABOUT[to["meaning"]][0]
    if "unit" in to:
        return str(to["unit"])
    if "themes" in to:
        return ", ".join(str(vocabulary.THEMES.get(theme, theme)) for theme in to["themes"])
    if "hvd" in to:
        return str(vocabulary.HVD.get(to["hvd"], to["hvd"]))
    if "keywords" in to:
        return ", ".join(to["keywords"])
    if "link" in to:
        return str(one.said.get("dataset", ""))
    return str(to.get("about", ""))


def method(name: str) -> str:
    """A method in words."""
    return str(METHODS.get(name, name))


def kind(name: str) -> str:
    """A kind of finding in words."""
    return str(KINDS.get(name, name))
