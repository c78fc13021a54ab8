"""What came in over the air: trouble first, and one message down to its bytes."""

from typing import Any

import msgspec
from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.devices.models import Device, Outcome, Uplink
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.staff.dev_eui import LENGTH, readable
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Received")),
    Column(title=_("Device")),
    Column(title=_("Outcome")),
    Column(title=_("Reason")),
    Column(title=_("Port"), num=True),
    Column(title=_("Gateway")),
)
HEADS = ("received", "time", "dev_eui", "device", "outcome", "reason", "port", "payload", "gateway")
SIGNS: dict[str, State] = {
    "stored": "good",
    "noted": "none",
    "broken": "bad",
    "unknown": "info",
    "failed": "bad",
}
MANY_DEVICES = 200


class UplinkFilters(Filters):
    """By outcome (trouble where nothing is said), device and time."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", _("in trouble")), ("all", _("all")), *Outcome.choices],
    )
    q = forms.CharField(label=_("Name or DevEUI"), widget=forms.TextInput({"type": "search"}))
    since = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )

    def apply(self, rows: QuerySet[Uplink]) -> QuerySet[Uplink]:
        """The rows that pass, the newest first."""
        outcome = self.given("outcome")
        if outcome is None:
            rows = rows.filter(outcome__in=("broken", "unknown", "failed"))
        elif outcome != "all":
            rows = rows.filter(outcome=outcome)
        if q := self.given("q"):
            rows = of_device(rows, q)
        if since := self.given("since"):
            rows = rows.filter(received__gte=since)
        if until := self.given("until"):
            rows = rows.filter(received__lt=until)
        return rows.order_by("-id")


def of_device(rows: QuerySet[Uplink], text: str) -> QuerySet[Uplink]:
    """Uplinks of the devices that this text names, or of a stranger with this DevEUI.

    A stranger's uplinks are always in trouble, and those have an index of their own.
    """
    eui = readable(text)
    known = Device.objects.filter(Q(name__icontains=text) | Q(dev_eui__contains=eui))
    ids = list(known.values_list("id", flat=True)[:MANY_DEVICES])
    stranger = Q(device=None, dev_eui__startswith=eui)
    stranger &= Q(outcome__in=("broken", "unknown", "failed"))
    if len(eui) == LENGTH and ids:
        return rows.filter(device__in=ids)
    return rows.filter(Q(device__in=ids) | stranger) if ids else rows.filter(stranger)


@staff("devices.see")
def uplinks(request: HttpRequest) -> HttpResponse:
    """Messages in trouble, or all of them."""
    filters = UplinkFilters(request)
    rows = filters.apply(Uplink.objects.select_related("device").defer("raw"))
    if request.GET.get("format") == "csv":
        return csv_file("uplinks", HEADS, (_row(uplink) for uplink in rows[:LONGEST]))
    found = listed(request, rows, COLUMNS)
    return page(request, "uplinks", listed=found, filters=filters, **_words(request))


@staff("devices.see")
def uplink(request: HttpRequest, number: int) -> HttpResponse:
    """One message: what came in, what became of it, and why."""
    one = get_object_or_404(Uplink.objects.select_related("device__profile"), pk=number)
    return page(
        request,
        "uplink",
        uplink=one,
        raw=pretty(bytes(one.raw)),
        values=stored_values(one),
        payload=bytes(one.payload).hex(" ") if one.payload is not None else "",
        **_words(request),
    )


def pretty(raw: bytes) -> str:
    """JSON with one field a line; other bytes as they are, unreadable ones marked."""
    try:
        return msgspec.json.format(raw.decode(), indent=2)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return raw[:10_000].decode(errors="backslashreplace")


def stored_values(uplink: Uplink) -> list[tuple[Datastream, float | None]]:
    """The observations that this message gave."""
    if uplink.device is None or uplink.device.thing_id is None:
        return []
    streams = {s.pk: s for s in Datastream.objects.to_show().filter(thing=uplink.device.thing_id)}
    with connection.cursor() as cursor:
        cursor.execute(
            "select datastream_id, value from things_observation where datastream_id = any(%s)"
            " and at = %s and uplink_id = %s order by datastream_id",
            [list(streams), uplink.time, uplink.pk],
        )
        return [(streams[stream], value) for stream, value in cursor.fetchall()]


def _row(uplink: Uplink) -> tuple[Any, ...]:
    payload = bytes(uplink.payload).hex() if uplink.payload is not None else ""
    return (
        uplink.received,
        uplink.time,
        uplink.dev_eui,
        uplink.device.name if uplink.device else "",
        uplink.outcome,
        uplink.reason,
        uplink.f_port,
        payload,
        uplink.gateway,
    )


def _words(request: HttpRequest) -> dict[str, Any]:
    return {"uplink_signs": SIGNS, "may_edit": person(request).may("devices.edit")}
