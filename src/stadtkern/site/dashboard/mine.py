"""Everybody's own dashboard: kept in the browser, or in a link; we keep nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.site.boards import rendered
from stadtkern.site.boards.blocks import MOST, Block
from stadtkern.site.dashboard import tiles

LONGEST = 600


def block(item: str) -> Block | None:
    """`t:environment.air`, `d:12` or `v:s=1,2&range=week`, as links and browsers keep it."""
    door, _colon, what = item[:LONGEST].partition(":")
    if not what:
        return None
    if door in ("t", "d"):
        return Block(kind="number", what=f"{door}:{what}")
    return Block(kind="chart", what=what) if door == "v" else None


@public
@require_safe
@one_page()
def page(request: HttpRequest) -> HttpResponse:
    """What the address names; what the browser keeps is fetched from here by the script."""
    given = [one for one in request.GET.getlist("i")[:MOST] if block(one)]
    drawn = rendered.draw([one for item in given if (one := block(item))])
    return render(request, "site/mine.html", {
        "items": list(zip(given, drawn, strict=True)),
        "offers": tiles.offered(),
        "datastreams": sorted({n for one in drawn for n in one.datastreams}),
    })  # fmt: skip
