"""Tags for the custom elements; what they wrap is shown until, or unless, JavaScript runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone

from stadtkern.kernel import registry


def city_map(
    context: Context,
    content: str,
    id: str,
    layers_url: str,
    bounds: Sequence[float] | None = None,
    panel: str = "",
    theme: str = "",
    basemap: str = "/map/basemap.geojson",
    place: str = "",
    areas: str = "",
    pick: str = "",
    tools: str = "",
    replay: str = "",
    embed: str = "",
    view: str = "",
) -> str:
    """`{% city_map "map" layers_url %}list{% endcity_map %}`; bounds are west, south, east, north.

    `panel` is a CSS selector: on wide screens a pin opens its place in there. `place`, a public
    id, makes it a small map about that place: marked, without names and without a list of layers.
    `pick`, the ids of two fields (`lon,lat`), lets people choose a point.
    `tools` gives it search, link, print and a view in the page's address (`restore`: only the
    latter); `replay` is where it loads a day to play, `embed` the page that others may frame.
    `view` is where it begins: `lat,lon,zoom`.
    `areas` is the address of polygons to draw below the pins: GeoJSON whose features have a
    `state`, a `text` and `few` where little is known, and that names its own `title` and `legend`.
    """
    city = registry.city()
    box = bounds or city.city.bounds
    said = {"id": id, "layers_url": layers_url, "panel": panel, "theme": theme, "basemap": basemap,
            "place": str(place), "areas": areas, "pick": pick, "tools": tools, "replay": replay,
            "embed": embed, "view": view}  # fmt: skip
    where = {"bounds": ",".join(str(number) for number in box), "map": city.map}
    return render_to_string("ui/parts/city_map.html", {**said, **where, "content": content})


def city_chart(
    context: Context,
    content: str,
    url: str,
    start: datetime | None = None,
    end: datetime | None = None,
    table_url: str = "",
    csv_url: str = "",
    label: str = "",
    json_url: str = "",
    address: str = "",
) -> str:
    """`{% city_chart url start end table_url csv_url %}drawn twin{% endcity_chart %}`.

    With `address` the page's own address follows the period that people zoom to.
    """
    said = {"url": url, "table_url": table_url, "csv_url": csv_url, "label": label,
            "json_url": json_url, "address": address}  # fmt: skip
    when = {"start": _instant(start), "end": _instant(end)}
    zone = timezone.get_current_timezone_name()
    said_all: dict[str, Any] = {**said, **when, "zone": zone, "content": content}
    return render_to_string("ui/parts/city_chart.html", said_all)


def city_live(datastreams: Iterable[int], url: str = "/live/") -> dict[str, Any]:
    """Keeps what the page shows of these datastreams up to date; nothing where there are none."""
    return {"url": url, "datastreams": ",".join(str(one) for one in sorted(set(datastreams)))}


def empty_query() -> QueryDict:
    """A query that can be filled, for templates rendered without a request."""
    return QueryDict(mutable=True)


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""
