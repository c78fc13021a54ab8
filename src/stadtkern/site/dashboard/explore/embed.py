"""Pages that other websites may show in a frame: a chart or the map, with its source."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import View, public
from stadtkern.kernel.sharing import one_page
from stadtkern.site import basemap
from stadtkern.site.dashboard import readings
from stadtkern.site.dashboard.explore import pages
from stadtkern.site.dashboard.explore.view import read

ANYWHERE = {"frame-ancestors": ["*"]}


def framed(view: View) -> View:
    """A public page that any website may frame; nothing on it can be changed or sent."""
    guards: tuple[Callable[[View], View], ...] = (
        csp_replace(ANYWHERE), xframe_options_exempt, require_safe, public,
    )  # fmt: skip
    for guard in guards:
        view = guard(view)
    return public(view)


@framed
@one_page()
def chart(request: HttpRequest) -> HttpResponseBase:
    """The explorer's chart alone, with its source and the way back to us."""
    view = read(request.GET)
    context: dict[str, Any] = {"view": view}
    if view.streams:
        context |= pages.chart_context(view)
        context |= {"back_url": request.build_absolute_uri(
            f"{reverse('explore')}?{view.query()}"
        )}  # fmt: skip
        values = [readings.value(one) for one in view.streams]
        context["sources"] = readings.sources(values)
    return render(request, "site/explore/embed.html", context)


@framed
def city_map(request: HttpRequest) -> HttpResponseBase:
    """The map alone, in the view that its address names."""
    return render(request, "site/explore/embed_map.html", {"bounds": basemap.bounds()})
