"""The app's first page, how it is installed, and what is shown without a connection."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Headline
from stadtkern.kernel.people.access import public
from stadtkern.kernel.push.identity import public_key
from stadtkern.kernel.sharing import one_page
from stadtkern.site.dashboard import tiles

log = structlog.get_logger("app")
TILES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one system tells today."""

    slug: str
    title: str | Promise
    url: str
    lines: Sequence[Headline]


def parts() -> list[Part]:
    """What the systems that are on tell; one that fails breaks no page."""
    found = []
    for one in registry.today():
        try:
            lines = list(registry.resolve(one.lines)())
            url = reverse(one.page)
        except NoReverseMatch:
            continue
        except Exception:
            log.exception("first page", part=one.slug)
            continue
        found.append(Part(slug=one.slug, title=one.title, url=url, lines=lines))
    return found


@public
@require_safe
@one_page()
def start(request: HttpRequest) -> HttpResponse:
    """Today in the city: warnings, news, events, a few numbers, one's own favourites."""
    told = parts()
    shown = [one.shown() for one in tiles.offered()[:TILES]]
    return render(request, "site/app/start.html", {
        "parts": [_calm(one) for one in told],
        "urgent": [line for one in told for line in one.lines if line.urgent],
        "tiles": shown, "cut": tiles.cut(shown), "datastreams": tiles.datastreams(shown),
    })  # fmt: skip


def _calm(one: Part) -> Part:
    lines = [line for line in one.lines if not line.urgent]
    return Part(slug=one.slug, title=one.title, url=one.url, lines=lines)


@public
@require_safe
@ensure_csrf_cookie
def about(request: HttpRequest) -> HttpResponse:
    """How to put the city on a phone, and which messages one wants."""
    topics = list(registry.topics().items())
    return render(request, "site/app/about.html", {"topics": topics, "key": public_key()})


@public
@require_safe
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """For a page that is not kept on the phone: the ones that are."""
    return render(request, "site/app/offline.html")
