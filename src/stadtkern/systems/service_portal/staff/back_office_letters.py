"""What was given up or refused, and the log of a handover with its receipts."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.handover import queue
from stadtkern.kernel.cases.handover.fit_connect import receipts
from stadtkern.kernel.cases.models import BackOffice, Handover, HandoverEvent
from stadtkern.kernel.cases.models.handover import HANDOVER_STATES
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.back_office_words import word_of
from stadtkern.systems.service_portal.staff.back_offices import PERMISSION

PER_PAGE: Final = 50
LONGEST_REASON: Final = 300
STATES: Final = [("given_up", gettext_lazy("to be settled")), *HANDOVER_STATES.items(),
                 ("", gettext_lazy("all"))]  # fmt: skip


class Filters(forms.Form):
    """What the list can be narrowed to."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)
    office = forms.ModelChoiceField(
        BackOffice.objects.none(), label=gettext_lazy("Back office"), required=False,
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip
    q = forms.CharField(label=gettext_lazy("Case reference"), required=False, max_length=20,
                        widget=forms.TextInput({"type": "search"}))  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].queryset = BackOffice.objects.all()  # type: ignore[attr-defined]


@staff(PERMISSION)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Handovers, at first those that somebody has to settle; no content of any case."""
    said = request.GET if "state" in request.GET else {**request.GET.dict(), "state": "given_up"}
    filters = Filters(said)
    filters.is_valid()
    rows = Handover.objects.select_related("case", "back_office").defer("memory")
    told = filters.cleaned_data
    if told.get("state") == "given_up":
        rows = rows.filter(state__in=queue.GAVE_UP, closed=None)
    elif told.get("state"):
        rows = rows.filter(state=told["state"])
    if told.get("office"):
        rows = rows.filter(back_office=told["office"])
    if told.get("q"):
        rows = rows.filter(case__reference__istartswith=told["q"].strip())
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "back_office_letters", filters=filters, listed=listed,
                settled=told.get("state") != "given_up")  # fmt: skip


@staff(PERMISSION)
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """The log of one, with every receipt checked again as it is shown."""
    row = get_object_or_404(
        Handover.objects.select_related("case__version__form", "back_office"), pk=number
    )
    log = [(event, word_of(event.code), _proof(event)) for event in row.log.all()]
    others = BackOffice.objects.filter(enabled=True).exclude(pk=row.back_office_id)
    to_settle = row.state in queue.GAVE_UP and row.closed is None
    return page(request, "back_office_letter", row=row, log=log, others=others,
                to_settle=to_settle, files=row.case.documents.count())  # fmt: skip


def _proof(event: HandoverEvent) -> str:
    """`good`: the signature still holds with the key that was kept; `bad`; empty: no receipt."""
    if not event.token:
        return ""
    try:
        receipts.signed_by(event.token, event.proof)
    except (receipts.NotBelieved, KeyError):
        return "bad"
    return "good"


@staff(PERMISSION)
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `again`, `elsewhere` (with `office`), `by_hand` (with `reason`)."""
    row, who = get_object_or_404(Handover, pk=number), person(request)
    actor, act = f"account:{who.pk}", request.POST.get("do", "")
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    try:
        with transaction.atomic():
            said = _settled(row, act, actor, request.POST.get("office", ""), reason)
            record(who, "back_offices.settle", row, how=act, reason=reason)
    except (NotPossible, ValueError, BackOffice.DoesNotExist) as problem:
        messages.error(request, str(problem) or _("Choose what is to be done."))
    else:
        messages.success(request, said)
    return redirect("service_portal-staff:letter", number)


def _settled(row: Handover, act: str, actor: str, office: str, reason: str) -> str:
    if act == "again":
        queue.again(row, actor)
        return _("It is tried again.")
    if act == "elsewhere":
        chosen = BackOffice.objects.get(slug=office, enabled=True)
        queue.elsewhere(row, chosen, actor)
        return _("It goes to %(title)s now.") % {"title": chosen.title}
    if act == "by_hand":
        if not reason:
            raise ValueError(_("Say why it is worked on by hand."))
        queue.by_hand(row, reason, actor)
        return _("It is worked on by hand.")
    raise ValueError(_("Choose what is to be done."))
