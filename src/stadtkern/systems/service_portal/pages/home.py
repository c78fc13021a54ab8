"""The first page of the portal, and all services from A to Z."""

from collections import defaultdict
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.catalogue import state
from stadtkern.kernel.cases.catalogue.index import plain
from stadtkern.kernel.cases.catalogue.situations import SITUATIONS
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.answer import neighbour, page

WANTED: Final = 8
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then life situations, what is wanted most, what goes online."""
    shown = Service.objects.filter(active=True).with_reach()
    online = shown.reaching("online", "form").order_by("-yearly", "title")
    wanted = shown.filter(for_citizens=True, yearly__gt=0).order_by("-yearly", "title")
    return page(
        request, "home", situations=SITUATIONS, online=online[:WANTED], wanted=wanted[:WANTED],
        companies=shown.filter(for_companies=True, yearly__gt=0)
        .filter(situations__contains=["business"]).order_by("-yearly", "title")[:5],
        counts=state.counts(), forum=neighbour("digital_forum", "home"),
        finder=neighbour("social_benefits", "finder"),
    )  # fmt: skip


@public
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """All services in the order of the alphabet, with a way to each letter."""
    groups: dict[str, list[Service]] = defaultdict(list)
    rows = Service.objects.filter(active=True).with_reach()
    for one in sorted(rows, key=lambda row: plain(row.name)):
        groups[plain(one.name)[:1].upper()].append(one)
    known = [(letter, letter in groups) for letter in LETTERS]
    total = sum(len(group) for group in groups.values())
    return page(request, "letters", groups=sorted(groups.items()), letters=known, total=total)
