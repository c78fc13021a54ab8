"""Requests that work with this very city, each as a link and as a command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

NEWEST = "$orderby=phenomenonTime desc&$top=1"
STATIONS = (
    "$top=10&$expand=Locations,"
    "Datastreams($expand=Observations($orderby=phenomenonTime desc;$top=1))"
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """What it is good for, its address, and more arguments of the command than the address."""

    slug: str
    title: str | Promise
    about: str | Promise
    url: str
    options: str = ""
    opens: bool = True

    @property
    def command(self) -> str:
        """For a shell; the address holds no single quote."""
        return f"curl {self.options}'{self.url}'"


def address(base: str, path: str, query: str = "") -> str:
    """An address with what needs it percent-encoded, quotes too, so that a shell can take it."""
    encoded = quote(query, safe="$=&,();:/")
    return f"{base}/{path}?{encoded}" if encoded else f"{base}/{path}"


def since(days: int, now: datetime | None = None) -> str:
    """A filter for the last days, from a full hour on."""
    start = (now or clock.now()) - timedelta(days=days)
    return f"phenomenonTime ge {start:%Y-%m-%dT%H}:00:00Z"


def examples(base: str, stream: int) -> Iterator[Example]:
    """The requests that most programs begin with, for this datastream."""
    values = f"Datastreams({stream})/Observations"
    yield Example(
        slug="newest",
        title=_("The newest value"),
        about=_("One series, its newest observation first."),
        url=address(base, values, NEWEST),
    )
    yield Example(
        slug="stations",
        title=_("Stations with their newest values"),
        about=_("Things, where they stand, and the newest value of each series in one request."),
        url=address(base, "Things", STATIONS),
    )
    yield from _tables(base, values)
    yield Example(
        slug="live",
        title=_("New values as they come in"),
        about=_("The connection stays open, and the server sends each new observation."),
        url=address(base, values),
        options="-N -H 'Accept: text/event-stream' ",
        opens=False,
    )


def _tables(base: str, values: str) -> Iterator[Example]:
    week = "$select=phenomenonTime,result&$orderby=phenomenonTime&$resultFormat=CSV"
    yield Example(
        slug="csv",
        title=_("A week as a table"),
        about=_("Time and value as CSV, for a spreadsheet."),
        url=address(base, values, f"$filter={since(7)}&{week}"),
    )
    yield Example(
        slug="daily",
        title=_("Means for each day"),
        about=_("Mean, lowest and highest value per day of the city, reckoned by the server."),
        url=address(base, values, f"$aggregate=mean,min,max&$interval=P1D&$filter={since(30)}"),
    )
    yield Example(
        slug="geojson",
        title=_("Places for a map"),
        about=_("Locations as GeoJSON, ready for QGIS, Leaflet and MapLibre."),
        url=address(base, "Locations", "$resultFormat=GeoJSON&$top=1000"),
    )
