"""Which devices a change to many is about: those that were ticked, or all of a list."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from stadtkern.kernel.devices.models import Device
from stadtkern.site.staff.fleet.filters import FleetFilters, fleet
from stadtkern.site.staff.fleet.listing import in_state
from stadtkern.site.staff.fleet.saved import plain

EXAMPLES = 8
# More ticks than a page has boxes were not made by hand.
MOST_TICKED = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The devices, and how the next page's form names them again."""

    rows: QuerySet[Any]
    ticked: list[int]
    query: str
    count: int

    @property
    def whole(self) -> bool:
        """Whether it is a whole list, not what was ticked."""
        return not self.ticked

    def examples(self) -> list[Device]:
        """The first of them, by name."""
        return list(self.rows.order_by("name", "id")[:EXAMPLES])

    def ids(self) -> list[int]:
        """All of them, in one order for all who change many."""
        return list(self.rows.order_by("id").values_list("id", flat=True))


def chosen(request: HttpRequest) -> Choice:
    """The devices that a posted form names: `device` many times, or `all` with a `query`."""
    query = plain(QueryDict(request.POST.get("query", "")[:1000]))
    if request.POST.get("all"):
        rows = listed_by(QueryDict(query))
        return Choice(rows=rows, ticked=[], query=query, count=rows.count())
    ticked = [int(text) for text in request.POST.getlist("device") if _number(text)]
    rows = fleet().filter(pk__in=ticked[:MOST_TICKED])
    # Nothing ticked must never mean everything.
    return Choice(rows=rows, ticked=ticked[:MOST_TICKED] or [0], query=query, count=rows.count())


def listed_by(query: QueryDict) -> QuerySet[Any]:
    """The devices of the list with this query."""
    request = HttpRequest()
    request.GET = query  # type: ignore[assignment]
    filters = FleetFilters(request)
    rows = filters.apply(fleet())
    state = filters.given("state")
    return rows.filter(in_state(state)) if state else rows


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
