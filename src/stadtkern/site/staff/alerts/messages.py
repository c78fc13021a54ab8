"""Messages about alerts: what went out, what waits, what failed and why."""

from django import forms
from django.contrib import messages as said
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.alerts import mail, notify
from stadtkern.kernel.alerts.models import Delivery, Sending
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.alerts import signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Made"), sort=("created",)),
    Column(title=_("About")),
    Column(title=_("To"), sort=("address",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Attempts"), sort=("tries",), num=True),
    Column(title=_("Reason")),
)


class MessageFilters(Filters):
    """By mailbox and state."""

    q = forms.CharField(label=_("Mailbox"), widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=any_of(list(Sending.choices)))

    def apply(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(address__icontains=q)
        if state := self.given("state"):
            rows = rows.filter(state=state)
        return rows


@staff("alerts.see")
def messages(request: HttpRequest) -> HttpResponse:
    """All messages, the newest first."""
    filters = MessageFilters(request)
    rows = Delivery.objects.select_related("webhook", "rule", "incident", "alert")
    found = listed(request, filters.apply(rows), COLUMNS)
    no_mail = not mail.is_set_up()
    return page(
        request, "alerts/messages", listed=found, filters=filters, no_mail=no_mail,
        **signs.words(request),
    )  # fmt: skip


@staff("alerts.edit")
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Try a message anew that was given up."""
    one = get_object_or_404(Delivery, pk=number)
    if one.state == Sending.FAILED:
        with transaction.atomic():
            notify.again(one)
            record(person(request), "alerts.again", f"alerts.delivery:{one.pk}")
        said.success(request, _("The message is sent again within a minute."))
    return redirect("staff-messages")
