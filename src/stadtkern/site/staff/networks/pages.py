"""The networks: the list, and one network with what to do at the other side."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.models import Network, Uplink
from stadtkern.kernel.devices.networks import ADAPTERS, words
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.networks import state
from stadtkern.site.staff.networks.steps import address, settings_of, steps
from stadtkern.site.staff.page import page
from stadtkern.site.staff.uplinks import SIGNS as UPLINK_SIGNS

COLUMNS = (
    Column(title=_("Name"), sort=("title",)),
    Column(title=_("State")),
    Column(title=_("Last heard"), sort=("last_heard",)),
    Column(title=_("Messages today"), num=True),
    Column(title=_("Of these in trouble"), num=True),
)
KINDS = {kind: adapter.title for kind, adapter in ADAPTERS.items()}
SHOWN = 10
# Only the newest messages are looked through: the table of all of them is large.
BACK = timedelta(minutes=15)


class NetworkFilters(Filters):
    """By name and kind."""

    q = forms.CharField(label=_("Name"), widget=forms.TextInput({"type": "search"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(list(KINDS.items())))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(title__icontains=q) | Q(slug__contains=q.lower()))
        if kind := self.given("kind"):
            rows = rows.filter(kind=kind)
        return rows


@staff("devices.see")
def networks(request: HttpRequest) -> HttpResponse:
    """All networks with their state in words."""
    filters = NetworkFilters(request)
    rows = filters.apply(Network.objects.all())
    found = listed(request, rows, COLUMNS, default="title")
    shown = [
        (one, state.of(one), state.today(one), KINDS.get(one.kind, one.kind)) for one in found.page
    ]
    return page(request, "networks", listed=found, filters=filters, shown=shown, **_said(request))


@staff("devices.see")
def network(request: HttpRequest, number: int) -> HttpResponse:
    """One network."""
    return shown(request, get_object_or_404(Network, pk=number))


def shown(request: HttpRequest, one: Network, **more: Any) -> HttpResponse:
    """The page of one network."""
    problem, detail = words.said(one.problem)
    return page(
        request,
        "network",
        network=one,
        kind=KINDS.get(one.kind, one.kind),
        state=state.of(one),
        today=state.today(one),
        problem=problem,
        detail=detail,
        address=address(request, one) if one.way == "http" else "",
        settings=settings_of(one),
        steps=steps(request, one),
        uplinks=newest(one),
        uplink_signs=UPLINK_SIGNS,
        **_said(request),
        **more,
    )


def newest(network: Network) -> list[Uplink]:
    """The last messages that came by this network."""
    if network.last_heard is None:
        return []
    rows = Uplink.objects.filter(source=network.slug, received__gte=network.last_heard - BACK)
    return list(rows.select_related("device").defer("raw").order_by("-id")[:SHOWN])


def _said(request: HttpRequest) -> dict[str, Any]:
    may_edit = person(request).may("networks.edit")
    return {"titles": state.TITLES, "signs": state.SIGNS, "may_edit": may_edit}
