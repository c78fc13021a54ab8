"""The gateways that have heard us: which of them are ours, what they bear, which fell silent."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.devices.coverage import load
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed, ordered
from stadtkern.site.staff.page import page

TITLES = {
    "reporting": _("reporting"),
    "silent": _("silent"),
    "never": _("never heard"),
}
SIGNS: dict[str, State] = {"reporting": "good", "silent": "bad", "never": "none"}
# The Things Network's fair use policy; a city may allow more, the radio law's 1 % is 864 s.
FAIR_SECONDS = 30.0
TALKERS = 10

COLUMNS = (
    Column(title=_("Gateway"), sort=("name", "eui")),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Last heard"), sort=("last_seen",)),
    Column(title=_("Whose"), sort=("own",)),
    Column(title=_("Place"), sort=("thing__place__name",)),
    Column(title=_("Uplinks in 24 hours"), sort=("day",), num=True),
    Column(title=_("On air in 24 hours"), sort=("airtime",), num=True),
)
HEADS = ("eui", "name", "state", "last_seen", "own", "place", "uplinks_24h", "airtime_24h_s")


class GatewayFilters(Filters):
    """By name or EUI, by state, and by whose it is."""

    q = forms.CharField(label=_("Name or EUI"), widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=any_of(list(TITLES.items())))
    own = forms.ChoiceField(
        label=_("Whose"), choices=any_of([("yes", _("our own")), ("no", _("others'"))])
    )

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(name__icontains=q) | Q(eui__icontains=q))
        if state := self.given("state"):
            rows = rows.filter(state=state)
        if own := self.given("own"):
            rows = rows.filter(own=own == "yes")
        return rows


@staff("devices.see")
def gateways(request: HttpRequest) -> HttpResponse:
    """All gateways, as a page or as a file, and the devices that are longest on air."""
    filters = GatewayFilters(request)
    rows = filters.apply(load.with_load(Gateway.objects.select_related("thing__place")))
    if request.GET.get("format") == "csv":
        chosen = ordered(rows, COLUMNS, request.GET.get("sort", ""))[:LONGEST]
        return csv_file("gateways", HEADS, (_row(one) for one in chosen))
    return page(
        request,
        "gateways/list",
        listed=listed(request, rows, COLUMNS, default="-own"),
        filters=filters,
        titles=TITLES,
        signs=SIGNS,
        talkers=load.talkers(TALKERS),
        fair=FAIR_SECONDS,
        days=load.LATELY,
        may_edit=person(request).may("devices.edit"),
    )


def _row(one: Any) -> tuple[Any, ...]:
    place = one.thing.place.name if one.thing and one.thing.place else ""
    own = "yes" if one.own else "no"
    return (
        one.eui, one.name, TITLES[one.state], one.last_seen, own, place, one.day,
        f"{one.airtime / 1000:.1f}",
    )  # fmt: skip
