"""The list of devices: its columns, its pages, and how many devices are in each state."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State
from stadtkern.site.staff.device_state import SIGNS, TITLES, counted
from stadtkern.site.staff.fleet.filters import FleetFilters, fleet
from stadtkern.site.staff.lists import PER_PAGE, Column, Listed, heads, ordered, sort_of

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

COLUMNS = (
    Column(title=_("Name"), sort=("name",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Last heard"), sort=("last_seen",)),
    Column(title=_("Place"), sort=("thing__place__name",)),
    Column(title=_("Profile"), sort=("profile__title",)),
    Column(title=_("Battery"), sort=("battery",), num=True),
    Column(title=_("Lasts until"), sort=("battery_until",)),
    Column(title=_("Signal"), sort=("rssi",), num=True),
    Column(title=_("Lost, 7 days"), sort=("loss",), num=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A state with how many devices of this list are in it."""

    state: str
    title: str | Promise
    sign: State
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """The devices that the address asks for."""

    filters: FleetFilters
    rows: QuerySet[Any]
    chips: list[Chip]
    everything: int
    count: int


class Counted(Pages):
    """Pages of devices whose number is known. Only ids are sorted: a tenth of the work."""

    def __init__(self, rows: QuerySet[Any], count: int) -> None:
        super().__init__(rows.values_list("pk", flat=True), PER_PAGE)
        self.__dict__["count"] = count

    def _get_page(self, object_list: Any, *args: Any, **kwargs: Any) -> Any:
        ids = list(object_list)
        found = fleet().in_bulk(ids)
        rows = [found[pk] for pk in ids if pk in found]
        return super()._get_page(rows, *args, **kwargs)  # type: ignore[misc]


def asked(filters: FleetFilters) -> Fleet:
    """The devices that pass the filters, with exact counts, in one query."""
    rows = filters.apply(fleet())
    counts = counted(rows)
    state = filters.given("state")
    total = sum(counts.values())
    return Fleet(
        filters=filters,
        rows=rows.filter(in_state(state)) if state else rows,
        chips=[
            Chip(state=key, title=title, sign=SIGNS[key], count=counts[key])
            for key, title in TITLES.items()
            if counts[key] or key == state
        ],
        everything=total,
        count=counts[state] if state else total,
    )


def in_state(state: str) -> Q:
    """Devices in this state, of rows that have one."""
    return Q(state=state)


def paged(request: HttpRequest, found: Fleet) -> Listed:
    """The page that the address asks for."""
    sort = sort_of(request, COLUMNS, "name")
    pages = Counted(ordered(found.rows, COLUMNS, sort), found.count)
    return Listed(
        page=pages.get_page(request.GET.get("page")), heads=heads(COLUMNS, sort), sort=sort
    )
