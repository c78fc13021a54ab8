"""Values of a table as people read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.contract import ColumnKind
from stadtkern.kernel.ui.numbers import MISSING, figure

LONGEST: Final = 140
DECIMALS: Final = 6
KINDS: Final[Mapping[ColumnKind, str | Promise]] = {
    "text": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "number": gettext_lazy("number"),
    "boolean": gettext_lazy("yes or no"),
    "date": gettext_lazy("date"),
    "datetime": gettext_lazy("date and time"),
    "geometry": gettext_lazy("place on the map"),
}


def shown(field: Field, value: Any) -> str:
    """A value in the reader's language; a dash where there is none."""
    if value is None:
        return MISSING
    if field.kind == "boolean":
        return _("yes") if value else _("no")
    if field.kind == "geometry":
        return place_of(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return number(value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"


def number(value: float) -> str:
    """A number with the decimals that it has, six at most."""
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return figure(value, len(text.partition(".")[2]))


def moment(value: datetime) -> str:
    """A date and a time in the city's zone."""
    there = timezone.localtime(value)
    return f"{day(there.date())}, {formats.time_format(there, 'H:i')}"


def day(value: date) -> str:
    """A short date."""
    return formats.date_format(value, "j.n.Y" if get_language() != "en" else "j M Y")


def measured(field: Field, value: Any) -> str:
    """An extreme that `statistics.measure` kept as JSON, as `shown` says it."""
    if field.kind == "number" and value is not None:
        return number(float(value))
    if field.kind == "date" and value:
        return day(date.fromisoformat(value))
    if field.kind == "datetime" and value:
        return moment(datetime.fromisoformat(value))
    return shown(field, value)


def place_of(geometry: Any) -> str:
    """`Point 51,538, 7,225`: what is drawn, and where if it is one spot."""
    kind = str(geometry.get("type", ""))
    words = {
        "Point": _("point"), "LineString": _("line"), "Polygon": _("area"),
        "MultiPoint": _("points"), "MultiLineString": _("lines"), "MultiPolygon": _("areas"),
    }  # fmt: skip
    if kind != "Point":
        return words.get(kind, kind)
    lon, lat = geometry["coordinates"][:2]
    return f"{words[kind]} {figure(lat, 4)}, {figure(lon, 4)}"


def title_of(field: Field) -> str:
    """A column's title in the reader's language, else its name."""
    return (field.title_en if get_language() == "en" else "") or field.title or field.slug


def about_of(field: Field) -> str:
    """What a column means, in the reader's language."""
    return (field.about_en if get_language() == "en" else "") or field.about
