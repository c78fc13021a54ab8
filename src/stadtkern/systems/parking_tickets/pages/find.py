"""Back to a right whose link is lost: by its number and the number plate."""

import time
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import buying, links
from stadtkern.systems.parking_tickets.models import Purchase, Session

# A person who types wrong tries it a few times; a program that guesses finds nothing.
TRIES: Final = 10
_tries = Buckets(name="tries")


class FindForm(forms.Form):
    """What stands on the receipt or the bank statement, and the plate."""

    number = forms.CharField(
        label=gettext_lazy("Confirmation number or reference"), max_length=60,
        help_text=gettext_lazy("It stands in the mail, on the receipt and on the bank statement."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    plate = forms.CharField(
        label=gettext_lazy("Number plate"), max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters",
                                "spellcheck": "false"}),
    )  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """To the right; the answer to a wrong number says nothing about what exists."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _may_try(str(request.META.get("REMOTE_ADDR", ""))):
            form.add_error(None, _("Too many tries. Please wait a minute."))
        elif row := found(form.cleaned_data["number"], form.cleaned_data["plate"]):
            return redirect(links.path(row))
        else:
            told = _(
                "We find no right to park with this number and this plate. Please check both."
                " A day after the end the plate is deleted, and only the link leads here."
            )
            form.add_error(None, told)
    answer = render(request, "parking_tickets/find.html", {"form": form},
                    status=422 if form.errors else 200)  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def found(number: str, plate: str) -> Session | None:
    """A right that was bought here; both have to fit."""
    try:
        keys = plates.keys_of(plates.normal(plate))
    except plates.BadPlate:
        return None
    rows = Session.objects.filter(source=buying.WEB, plate_key__in=keys)
    text = "".join(number.split())
    try:
        return rows.filter(public_id=UUID(text)).first()
    except ValueError:
        paid = Purchase.objects.filter(charge__reference__iexact=text).values("session")
        return rows.filter(pk__in=paid).first()


def _may_try(sender: str) -> bool:
    try:
        _tries.take(hash(("parking", sender)), 1, TRIES, time.monotonic())
    except Problem:
        return False
    return True
