"""Tags that pages are made of: numbers with their age, states, bars and lists."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from textwrap import shorten
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify

from stadtkern.kernel.contract import Reading, State
from stadtkern.kernel.ui import ages, linechart, numbers, shapes
from stadtkern.kernel.ui.templatetags import elements

LONGEST_SOURCE = 56

register = template.Library()
register.filter("figure", numbers.figure)
register.simple_block_tag(elements.city_map, takes_context=True, end_name="endcity_map")
register.simple_block_tag(elements.city_chart, takes_context=True, end_name="endcity_chart")
register.inclusion_tag("ui/parts/city_live.html")(elements.city_live)


@register.inclusion_tag("ui/parts/sparkline.html")
def sparkline(values: shapes.Values, label: str = "") -> dict[str, Any]:
    """A small trend line; nothing where fewer than two values are known."""
    return {"path": shapes.spark(values), "label": label}


@register.inclusion_tag("ui/parts/tile.html")
def tile(
    title: str, reading: Reading | None, heading: str = "h3", number: int | None = None
) -> dict[str, Any]:
    """A number with unit, trend, age and source; says so where there is no number yet.

    `number` tells tiles of one title apart.
    """
    streams = ",".join(str(one) for one in reading.datastreams) if reading else ""
    source = shorten(reading.source, LONGEST_SOURCE, placeholder=" …") if reading else ""
    own = slugify(title) if number is None else number
    return {"title": title, "reading": reading, "heading": heading, "streams": streams,
            "source": source, "id": f"tile-{own}"}  # fmt: skip


@register.inclusion_tag("ui/parts/age.html")
def age(
    at: datetime | None, stale: bool = False, stale_after: timedelta | None = None
) -> dict[str, Any]:
    """A `<time>` that keeps counting; `stale_after` lets the page turn it stale by itself."""
    seconds = int(stale_after.total_seconds()) if stale_after else None
    return {"at": at, "stale": stale, "words": ages.words(at, stale=stale), "seconds": seconds}


@register.inclusion_tag("ui/parts/state_tag.html")
def state_tag(state: State, text: str) -> dict[str, Any]:
    """A state as colour, shape and word."""
    return {"state": state, "text": text}


@register.simple_tag
@lru_cache(maxsize=16)
def sign(state: State) -> SafeString:
    """The shape of a state, for a legend or a list where the word stands beside it.

    A page of a car park draws hundreds of them, so each is rendered once.
    """
    return render_to_string("ui/parts/sign.html", {"state": state})


@register.inclusion_tag("ui/parts/bar.html")
def bar(share: float | None, unknown: float = 0, label: str = "") -> dict[str, Any]:
    """A bar of a share (0 to 1); the part whose state is unknown is hatched."""
    has = round(100.0 * min(max(share or 0.0, 0.0), 1.0), 2)
    missing = 100.0 if share is None else 100 * min(max(unknown, 0), 1 - has / 100)
    return {"has": has, "unknown": missing, "end": round(has + missing, 2), "label": label}


@register.inclusion_tag("ui/parts/line_chart.html")
def line_chart(series: Sequence[shapes.Line], caption: str = "") -> dict[str, Any]:
    """A chart without JavaScript, with axes and a spoken summary."""
    return {"drawing": linechart.draw(series), "caption": caption, "chart": linechart}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]") -> dict[str, Any]:
    """Links to the other pages of a list, with its filters kept."""
    numbers_shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "numbers": numbers_shown, "request": context.get("request")}


@register.inclusion_tag("ui/parts/field.html")
def field(field: Any) -> dict[str, Any]:
    """A form field with label, hint and errors, as all our forms show it."""
    kind = getattr(field.field.widget, "input_type", "")
    return {"field": field, "check": kind == "checkbox"}


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """This page's query with these changes; None or '' removes; a new filter goes to page one."""
    request = context.get("request")
    query = request.GET.copy() if request else elements.empty_query()
    if "page" not in changes:
        changes["page"] = None
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"
