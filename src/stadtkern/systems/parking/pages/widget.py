"""A small list of free spaces that other websites show in a frame, and the code for it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import View, public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.logic import Site

ANYWHERE = {"frame-ancestors": ["*"]}
HEIGHT, ROW = 120, 62  # pixels


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
def widget(request: HttpRequest) -> HttpResponseBase:
    """The car parks that the address names, or all, each with what is free now."""
    return render(request, "parking/widget.html", _shown(request))


@framed
@one_page()
def rows(request: HttpRequest) -> HttpResponseBase:
    """The list alone: what the frame fetches again when a count changes."""
    return render(request, "parking/widget_rows.html", _shown(request))


@public
@require_safe
@one_page()
def code(request: HttpRequest) -> HttpResponseBase:
    """How to put it on one's own website: choose car parks, take the code, see it."""
    chosen = _chosen(request)
    address = request.build_absolute_uri(reverse("parking:widget"))
    query = "&".join(f"site={site.place.public_id}" for site in chosen) if chosen else ""
    every = logic.sites()
    return render(request, "parking/widget_code.html", {
        "every": every, "chosen": {site.place.public_id for site in chosen},
        "address": f"{address}?{query}" if query else address,
        "height": HEIGHT + ROW * len(chosen or every),
    })  # fmt: skip


def _shown(request: HttpRequest) -> dict[str, Any]:
    found = _chosen(request) or logic.sites()
    return {
        "rows": [(site, layers.word(site)) for site in found],
        "datastreams": [site.datastream for site in found if site.datastream],
        "stale_after": logic.stale_after(),
        "invented": any(site.place.invented for site in found),
        "sources": list(dict.fromkeys(_credit(site) for site in found if site.facts.source)),
    }


def _credit(site: Site) -> str:
    facts = site.facts
    return f"{facts.source} ({facts.licence})" if facts.licence else facts.source


def _chosen(request: HttpRequest) -> Sequence[Site]:
    """Those that the address names; what is no name is nobody's."""
    wanted = set()
    for text in request.GET.getlist("site"):
        try:
            wanted.add(UUID(text))
        except ValueError:
            continue
    return [site for site in logic.sites() if site.place.public_id in wanted] if wanted else []
