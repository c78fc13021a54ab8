"""The explorer: series side by side, compared, summed up, as profile, table and file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things import profiles, statistics
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.statistics import Figures
from stadtkern.site.dashboard import history, readings, sampled
from stadtkern.site.dashboard.explore import drawings, picker, table
from stadtkern.site.dashboard.explore.view import View, read
from stadtkern.site.dashboard.readings import QUALITY, Value

DRAWN = 500
RANGES: dict[str, str | Promise] = {
    **{slug: title for slug, (title, _length) in history.RANGES.items()}, "all": _("All"),
}  # fmt: skip
STEPS = [("", _("fitting")), ("hour", _("hours")), ("day", _("days")), ("week", _("weeks")),
         ("month", _("months"))]  # fmt: skip
COMPARED = [("", _("nothing")), ("before", _("the period before")), ("year", _("a year earlier"))]
VIEWS = [("chart", _("Chart")), ("profile", _("Usual week and day")), ("table", _("Table"))]
WEEKDAYS = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
PROFILED = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A series of the view: its newest value, its statistics, and the way to go on without it."""

    value: Value
    name: str
    place: str
    without: str
    elsewhere: str
    figures: Figures

    @property
    def flags(self) -> list[tuple[str | Promise, int]]:
        """How many observations carry which flag."""
        found = self.figures.flags or {}
        return [(word, found[quality]) for quality, word in QUALITY.items() if quality in found]


@public
@require_safe
@one_page()
def page(request: HttpRequest) -> HttpResponse:
    """Everything about the chosen series, and the search for more of them."""
    view = read(request.GET)
    context = {
        "view": view,
        "picker": picker.picker(request.GET, view),
        "steps": STEPS,
        "compared": COMPARED,
        "shown": list(sampled.SHOWN.items()),
        "ranges": [(slug, title, view.query(range=slug, **{"from": "", "to": ""}))
                   for slug, title in RANGES.items()],
        "views": [(slug, title, view.query(view="" if slug == "chart" else slug))
                  for slug, title in VIEWS],
    }  # fmt: skip
    if view.streams:
        context["label"] = label(view)
        context |= {**about(view), **_content(request, view), **_links(request, view)}
    return render(request, "site/explore/page.html", context)


def about(view: View) -> dict[str, Any]:
    """The chosen series with their statistics; four queries for any number of them."""
    ids = [one.pk for one in view.streams]
    found = statistics.figures(ids, view.period.start, view.period.end)
    return {"chosen": [_chosen(one, view, found[one.pk]) for one in view.streams],
            "datastreams": ids}  # fmt: skip


def _chosen(stream: Datastream, view: View, figures: Figures) -> Chosen:
    name = readings.title(stream)
    words = urlencode({"q": name})
    return Chosen(
        value=readings.value(stream), name=name, place=picker.place_of(stream),
        without=view.without(stream), elsewhere=f"{view.query()}&{words}", figures=figures,
    )  # fmt: skip


def _content(request: HttpRequest, view: View) -> dict[str, Any]:
    if view.view == "profile":
        return _profile(request, view)
    if view.view == "table":
        return table.context(request, view)
    return chart_context(view)


def chart_context(view: View) -> dict[str, Any]:
    """The chart, its twin drawn by the server, and the addresses that it loads from."""
    wanted = view.wanted(DRAWN)
    found = sampled.sample(view.streams, wanted)
    streams = list(view.streams)
    return {
        "chart_url": data_url(view),
        "drawings": drawings.lines(streams, found, wanted),
        "step": found.found.step,
        "label": label(view),
    }


def label(view: View) -> str:
    """What is measured, each once."""
    return ", ".join(dict.fromkeys(readings.title(one) for one in view.streams))


def data_url(view: View) -> str:
    """Where a chart loads this view from."""
    said = {"datastreams": ",".join(str(one.pk) for one in view.streams), "step": view.step,
            "show": "" if view.show == "mean" else view.show,
            "back": sampled.say_back(view.back) if view.back else "",
            "lang": "en" if get_language() == "en" else ""}  # fmt: skip
    return f"{reverse('series')}?{urlencode({k: v for k, v in said.items() if v}, safe=',')}"


def _profile(request: HttpRequest, view: View) -> dict[str, Any]:
    """The usual week and day of one of the series; from few days none is told."""
    stream = _one_of(view.streams, request.GET.get("of", ""))
    start, end = view.period.start, view.period.end
    found = profiles.profile(stream.pk, start, end) if end - start >= PROFILED else None
    if found is None or not found.known:
        return {"profiled": stream, "profile": None}
    return {
        "profiled": stream,
        "profile": found,
        "profile_title": readings.title(stream),
        "profile_unit": readings.unit(stream),
        "heat": list(zip(WEEKDAYS, drawings.heat(found, stream.decimals), strict=True)),
        "day": drawings.day(found),
        "drawing": drawings,
        "day_rows": list(enumerate(found.day)),
        "profile_links": [(readings.title(one), picker.place_of(one), view.query(of=one.pk), one)
                          for one in view.streams],
    }  # fmt: skip


def _one_of(streams: Sequence[Datastream], number: str) -> Datastream:
    return next((one for one in streams if str(one.pk) == number), streams[0])


def _links(request: HttpRequest, view: View) -> dict[str, Any]:
    """Every address carries the period as instants, so that it shows the same tomorrow."""
    when = {"range": "", "from": _iso(view.period.start), "to": _iso(view.period.end)}
    query, fixed = view.query(), view.query(**when)
    ids = ",".join(str(one.pk) for one in view.streams)
    raw = urlencode({"datastreams": ids, "from": when["from"], "to": when["to"]}, safe=",:")
    embed = reverse("embed-chart")
    return {
        "query": query,
        "share_url": request.build_absolute_uri(f"{request.path}?{query}"),
        "fixed_url": request.build_absolute_uri(f"{request.path}?{fixed}"),
        "csv_url": f"{reverse('explore-csv')}?{fixed}",
        "json_url": f"{data_url(view)}&{urlencode({k: when[k] for k in ('from', 'to')}, safe=':')}",
        "raw_url": f"{reverse('series-csv')}?{raw}",
        "embed_url": request.build_absolute_uri(f"{embed}?{view.query(view='')}"),
        "table_url": f"{request.path}?{view.query(view='table')}#content",
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
