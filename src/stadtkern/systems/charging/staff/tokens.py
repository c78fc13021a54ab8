"""Tokens that may charge: new ones, blocked ones; numbers are never shown again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.logic import tokens
from stadtkern.systems.charging.models import Token
from stadtkern.systems.charging.models.token import KINDS
from stadtkern.systems.charging.staff.answer import page, person

PAGE = 50


class TokenForm(forms.Form):
    """A new token."""

    number = forms.CharField(
        label=gettext_lazy("Number of the card"), max_length=36,
        help_text=gettext_lazy("It is kept encrypted, and nobody sees it again."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    label = forms.CharField(
        label=gettext_lazy("Label"), max_length=80,
        help_text=gettext_lazy("For example the car or the fleet; no names of people."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))
    at_once = forms.IntegerField(
        label=gettext_lazy("Cars at the same time"), min_value=1, max_value=100, initial=1
    )
    valid_until = forms.DateTimeField(
        label=gettext_lazy("Valid until"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        if tokens.find(number) is not None:
            raise forms.ValidationError(_("There is a token with this number already."))
        return number


@staff("charging.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All tokens by label; sent, a new one."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = dict(form.cleaned_data)
        with transaction.atomic():
            made = tokens.issue(said.pop("number"), **said)
            record(person(request), "charging.token.create", made, label=made.label)
        messages.success(request, _("The token may charge from now on."))
        return redirect("charging-staff:tokens")
    rows = Token.objects.order_by("label", "pk")
    if q := request.GET.get("q", "").strip():
        rows = rows.filter(label__icontains=q)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    return page(request, "tokens", form=form, listed=listed, q=q, status=status)


@staff("charging.manage")
@require_POST
def block(request: HttpRequest, number: int) -> HttpResponse:
    """Block a token that was lost, or let it charge again."""
    found = get_object_or_404(Token, pk=number)
    with transaction.atomic():
        found.blocked = request.POST.get("do") == "block"
        found.save(update_fields=["blocked"])
        record(person(request), "charging.token.block", found, blocked=found.blocked)
    messages.success(request, _("Saved."))
    return redirect("charging-staff:tokens")
