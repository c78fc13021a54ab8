"""Months of app providers: running, closed, paid; the statement as PDF and CSV."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic import settlements, statements
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Operator, Settlement
from stadtkern.systems.parking_tickets.staff.answer import page, person


class PaidForm(forms.Form):
    """What came to the bank."""

    amount = forms.DecimalField(label=gettext_lazy("Amount in euros"), decimal_places=2,
                                max_digits=12, localize=True)  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note (where it is another amount)"), required=False,
                           max_length=300)  # fmt: skip


@staff("parking_tickets.money")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each provider's running month, and all closed ones."""
    now, running = clock.now(), []
    for one in Operator.objects.all():
        found = settlements.running(one)
        off = settlements.disagreement(one)
        closable = found is not None and settlements.ends(found[0]) <= now
        running.append({"operator": one, "found": found, "closable": closable, "off": off})
    rows = Settlement.objects.select_related("operator")
    return page(request, "settlements", running=running, rows=rows[:200],
                closable=any(one["closable"] for one in running))  # fmt: skip


@staff("parking_tickets.money")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the oldest month of one provider, or of all where it is over."""
    rows = Operator.objects.all()
    if request.POST.get("operator"):
        rows = rows.filter(slug=request.POST["operator"])
    done = 0
    for one in rows:
        found = settlements.running(one)
        if found is not None and settlements.ends(found[0]) <= clock.now():
            settlements.close(one, found[0], person(request))
            done += 1
    if done:
        messages.success(request, _("Months closed: %s.") % done)
    else:
        messages.error(request, _("No month is over yet. Close it afterwards."))
    return redirect("parking_tickets-staff:settlements")


@staff("parking_tickets.money")
@require_http_methods(["GET", "HEAD", "POST"])
def settlement(request: HttpRequest, number: str) -> HttpResponse:
    """One month by zone; sent, the money came."""
    row = _row(number)
    form = PaidForm(request.POST or None, initial={"amount": Decimal(row.cents) / 100})
    if request.method == "POST" and form.is_valid():
        try:
            cents = int(form.cleaned_data["amount"] * 100)
            settlements.mark_paid(row, cents, form.cleaned_data["note"], person(request))
        except Refused as refused:
            form.add_error("note" if refused.field == "note" else None, refused.text)
        else:
            messages.success(request, _("It is marked as paid, and stands in the books."))
            return redirect("parking_tickets-staff:settlement", number)
    return page(request, "settlement", row=row, form=form, heads=statements.heads(row),
                lines=_lines(row), status=422 if form.errors else 200)  # fmt: skip


def _row(number: str) -> Settlement:
    return get_object_or_404(Settlement.objects.select_related("operator"), number=number)


def _lines(row: Settlement) -> list[dict[str, Any]]:
    names = statements.heads(row)[2:]
    return [{"zone": z, "rights": n, "cells": list(zip(names, cells, strict=True))}
            for z, n, *cells in statements.lines(row)]  # fmt: skip


@staff("parking_tickets.money")
@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The statement as PDF."""
    response = HttpResponse(statements.drawn(_row(number)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff("parking_tickets.money")
@require_safe
def table(request: HttpRequest, number: str) -> HttpResponse:
    """The statement as CSV, amounts in euros."""
    row = _row(number)
    cells = [[z, n, *(f"{c / 100:.2f}" for c in money)] for z, n, *money in statements.lines(row)]
    return csv_file(number, statements.heads(row), cells)
