"""All downlinks: what waits, what is out, what became of the others."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.devices.models.downlink import State
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.downlinks import words
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Created"), sort=("id",)),
    Column(title=_("Device"), sort=("device__name",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Content")),
    Column(title=pgettext_lazy("downlink", "Topic"), sort=("topic",)),
    Column(title=_("Reason")),
)
HEADS = ("created", "dev_eui", "device", "state", "reason", "topic", "port", "payload", "confirmed",
         "priority", "expires", "tries", "author", "changed")  # fmt: skip


class DownlinkFilters(Filters):
    """By state, device and topic."""

    state = forms.ChoiceField(
        label=_("State"), choices=any_of([("open", _("on its way")), *State.choices])
    )
    q = forms.CharField(label=_("Name or DevEUI"), widget=forms.TextInput({"type": "search"}))
    topic = forms.CharField(label=pgettext_lazy("downlink", "Topic"), max_length=40)

    def apply(self, rows: QuerySet[Downlink]) -> QuerySet[Downlink]:
        """The rows that pass."""
        if state := self.given("state"):
            on_the_way = Q(state__in=words.OPEN) | Q(state=State.SENT, confirmed=True)
            rows = rows.filter(on_the_way if state == "open" else Q(state=state))
        if q := self.given("q"):
            rows = rows.filter(
                Q(device__name__icontains=q) | Q(device__dev_eui__contains=readable(q))
            )
        if topic := self.given("topic"):
            rows = rows.filter(topic__icontains=topic)
        return rows


@staff("devices.see")
def downlinks(request: HttpRequest) -> HttpResponse:
    """All downlinks, as a page or as a file."""
    filters = DownlinkFilters(request)
    rows = filters.apply(Downlink.objects.select_related("device"))
    if request.GET.get("format") == "csv":
        newest = rows.order_by("-id")[:LONGEST]
        return csv_file("downlinks", HEADS, (_row(one) for one in newest))
    found = listed(request, rows, COLUMNS, default="-id")
    return page(
        request,
        "downlinks/list",
        listed=found,
        filters=filters,
        shown=[Shown(one) for one in found.page],
        renewed=words.RENEWED if any(words.is_open(one) for one in found.page) else 0,
        may_send=person(request).may("devices.send"),
    )


class Shown:
    """A downlink as lists show it."""

    def __init__(self, one: Downlink) -> None:
        self.one = one
        self.sign = words.sign(one)
        self.content = words.content(one)
        self.why = words.why(one.reason)


def _row(one: Downlink) -> tuple[Any, ...]:
    return (
        one.created,
        one.device.dev_eui,
        one.device.name,
        one.get_state_display(),
        words.why(one.reason),
        one.topic,
        one.f_port,
        bytes(one.payload).hex(),
        one.confirmed,
        one.priority,
        one.expires,
        one.tries,
        one.author,
        one.changed,
    )
