"""Ticket machines for staff: how they are, what lies in them, and their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.payments.ledger import balances
from stadtkern.kernel.payments.models import Posting
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import issue_key
from stadtkern.systems.parking_tickets.logic import calendar, emptying, entries, machines
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import CoinTicket, Machine
from stadtkern.systems.parking_tickets.models.zone import MACHINE_STATES
from stadtkern.systems.parking_tickets.staff.answer import page, person

SCOPE = "parking_tickets:machine"


class CountedForm(forms.Form):
    """What was in the box; `seen` is how often it was emptied when the page was opened."""

    counted = forms.DecimalField(label=gettext_lazy("Counted, in euros"), decimal_places=2,
                                 max_digits=8, min_value=Decimal(0), localize=True)  # fmt: skip
    why = forms.CharField(label=gettext_lazy("Note (where the books say something else)"),
                          required=False, max_length=250)  # fmt: skip
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class StateForm(forms.Form):
    """What staff know better than the machine."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=list(MACHINE_STATES.items()))
    fault = forms.CharField(label=gettext_lazy("What is wrong"), required=False, max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A machine as the list shows it: `cents` lie in it by the books."""

    machine: Machine
    silent: bool
    tickets: int
    cents: int

    @property
    def well(self) -> bool:
        """In service, and heard of."""
        return self.machine.state == "ok" and not self.silent

    @property
    def order(self) -> tuple[bool, bool, int, str]:
        """Those that need somebody first."""
        disturbed, number = self.machine.state == "disturbed", self.machine.number
        return not disturbed, not self.silent, len(number), number


@staff("parking_tickets.see")
@require_http_methods(["GET", "HEAD"])
def listing(request: HttpRequest) -> HttpResponse:
    """All machines; those that need somebody stand first; as CSV with `?format=csv`."""
    held = {one.detail: one.cents for one in balances(Posting.objects.filter(account="provider"))}
    today = _today()
    found = [
        Line(machine=one, silent=machines.is_silent(one), tickets=today.get(one.pk, 0),
             cents=held.get(entries.coins_in(one.number), 0))
        for one in _rows()
    ]  # fmt: skip
    found.sort(key=lambda line: line.order)
    if request.GET.get("format") == "csv":
        return _csv(found)
    sums = {"all": len(found), "ok": sum(line.well for line in found),
            "silent": sum(line.silent for line in found),
            "disturbed": sum(line.machine.state == "disturbed" for line in found),
            "cents": sum(line.cents for line in found),
            "tickets": sum(line.tickets for line in found)}  # fmt: skip
    return page(request, "machines", rows=found, sums=sums)


def _today() -> dict[int, int]:
    """Tickets since midnight in the city, by machine."""
    midnight = calendar.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = CoinTicket.objects.filter(session__during__startswith__gte=midnight)
    found = rows.order_by().values_list("machine").annotate(count=Count("pk"))
    return dict(found)


def _csv(found: Sequence[Line]) -> HttpResponse:
    heads = [_("Number"), _("Zone"), _("State"), _("What is wrong"), _("Last seen"),
             _("Tickets today"), _("Coins by the books")]  # fmt: skip
    cells = ([one.machine.number, one.machine.zone.number, one.machine.get_state_display(),
              one.machine.fault, one.machine.last_seen, one.tickets, f"{one.cents / 100:.2f}"]
             for one in found)  # fmt: skip
    return csv_file("parkscheinautomaten", heads, cells)


def _rows() -> QuerySet[Machine]:
    return Machine.objects.select_related("zone", "place")


@staff("parking_tickets.machines")
@require_http_methods(["GET", "HEAD", "POST"])
def machine(request: HttpRequest, number: str) -> HttpResponse:
    """One machine: sent, its state; or a new key, which is shown once."""
    row = get_object_or_404(_rows(), number=number)
    bound = request.POST if "state" in request.POST else None
    form, made = StateForm(bound, initial={"state": row.state, "fault": row.fault}), ""
    if request.method == "POST" and "key" in request.POST:
        made = _new_key(request, row)
    elif request.method == "POST" and form.is_valid():
        machines.set_state(row, who=person(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("parking_tickets-staff:machines")
    return _page(request, row, form=form, made=made)


def _page(request: HttpRequest, row: Machine, **said: Any) -> HttpResponse:
    cents, emptied = emptying.booked(row), emptying.past(row)
    # The amount is not filled in: whoever counts shall count.
    initial = {"seen": emptying.count(row)}
    told = {"form": StateForm(initial={"state": row.state, "fault": row.fault}),
            "counted": CountedForm(initial=initial), "made": "", **said}  # fmt: skip
    wrong = told["form"].errors or told["counted"].errors
    tickets = row.tickets.select_related("session").order_by("-pk")[:10]
    return page(request, "machine", row=row, keys=row.keys.all(), cents=cents, emptied=emptied,
                silent=machines.is_silent(row), tickets=tickets, status=422 if wrong else 200,
                **told)  # fmt: skip


@staff("parking_tickets.money")
@require_POST
def empty(request: HttpRequest, number: str) -> HttpResponse:
    """The coins were fetched and counted."""
    row = get_object_or_404(_rows(), number=number)
    form = CountedForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            new = emptying.empty(row, int(said["counted"] * 100), said["why"], person(request),
                                 seen=said["seen"])  # fmt: skip
        except Refused as refused:
            form.add_error("why" if refused.field == "note" else "counted", refused.text)
        else:
            told = _("It is in the books.") if new else _("It was emptied meanwhile. Look again.")
            messages.success(request, told)
            return redirect("parking_tickets-staff:machine", number)
    return _page(request, row, counted=form)


def _new_key(request: HttpRequest, row: Machine) -> str:
    with transaction.atomic():
        key, secret = issue_key(label=f"Automat {row.number}", scopes=(SCOPE,),
                                owner=person(request))  # fmt: skip
        row.keys.add(key)
        record(person(request), "parking_tickets.machine_key", row, hint=key.hint)
    return secret
