"""Boards for everybody: the list, a board, and the same on a screen in the town hall."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.site.boards import blocks, rendered
from stadtkern.site.boards.models import Board, Version
from stadtkern.site.boards.rendered import Row

SECONDS, SHORTEST, LONGEST = 20, 5, 600
MOST = 12


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One screenful of a board."""

    board: Board
    version: Version
    row: Row


@public
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All boards that are published."""
    return render(request, "site/boards/list.html", {"boards": Board.objects.public()})


@public
@require_safe
@one_page()
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One board."""
    found = get_object_or_404(Board.objects.public(), slug=slug)
    assert found.published
    shown = rendered.rows(blocks.read(found.published.blocks))
    return render(request, "site/boards/board.html", {
        "board": found,
        "version": found.published,
        "rows": shown,
        "datastreams": rendered.datastreams(shown),
        "kiosk_url": f"{reverse('kiosk')}?{urlencode({'boards': found.slug})}",
    })  # fmt: skip


@public
@require_safe
@one_page()
def kiosk(request: HttpRequest) -> HttpResponse:
    """One screenful after the other of the boards that the address names, or of all.

    The next one comes by itself: with a script, which stays on this one while the network is
    gone, or else by a refresh.
    """
    asked = [slug for slug in request.GET.get("boards", "").split(",") if slug][:MOST]
    found = Board.objects.public()
    boards = list((found.filter(slug__in=asked) if asked else found)[:MOST])
    order = {slug: i for i, slug in enumerate(asked)}
    boards.sort(key=lambda one: order.get(one.slug, 0))
    stops = [(one, count) for one in boards if (count := _slides(one))]
    if not stops:
        raise Http404
    total = sum(count for _one, count in stops)
    at = _number(request, "slide", 0, 10_000, 0) % total
    seconds = _number(request, "seconds", SHORTEST, LONGEST, SECONDS)
    query = {"boards": ",".join(asked), "seconds": str(seconds), "slide": str((at + 1) % total)}
    slide = _slide(stops, at)
    return render(request, "site/boards/kiosk.html", {
        "slide": slide,
        "at": at + 1,
        "total": total,
        "seconds": seconds,
        "now": clock.now(),
        "datastreams": rendered.datastreams([slide.row]),
        "next_url": f"{request.path}?{urlencode({k: v for k, v in query.items() if v}, safe=',')}",
    })  # fmt: skip


def _number(request: HttpRequest, name: str, low: int, high: int, otherwise: int) -> int:
    given = request.GET.get(name, "")
    fits = given.isascii() and given.isdecimal() and len(given) < 7
    return min(max(int(given), low), high) if fits else otherwise


def _split(board: Board) -> list[list[blocks.Block]]:
    """The blocks of each screenful, before anything is asked of the database."""
    assert board.published
    return rendered.screens(blocks.read(board.published.blocks))


def _slides(board: Board) -> int:
    return len(_split(board))


def _slide(stops: list[tuple[Board, int]], at: int) -> Slide:
    for board, count in stops:
        if at < count:
            shown = rendered.rows(_split(board)[at])
            assert board.published
            return Slide(board=board, version=board.published, row=shown[0])
        at -= count
    raise Http404


def preview(version: Version) -> dict[str, Any]:
    """A version that is not published, as its board would show it."""
    shown = rendered.rows(blocks.read(version.blocks))
    return {"version": version, "rows": shown, "datastreams": rendered.datastreams(shown)}
