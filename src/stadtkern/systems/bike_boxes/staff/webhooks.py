"""Where a partner hears of changes, what it has not taken, and what is sent once more."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import outward
from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.logic import telling
from stadtkern.systems.bike_boxes.models import NOTICE_STATES, Notice, Partner
from stadtkern.systems.bike_boxes.staff.answer import page, person

PER_PAGE = 50
SIGNS = {"waiting": "info", "sent": "good", "dead": "bad"}


class WebhookForm(forms.Form):
    """The address; empty for none."""

    url = forms.URLField(
        label=gettext_lazy("Address that hears of changes"), max_length=500, required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Empty: the partner asks for changes itself."),
    )  # fmt: skip

    def clean_url(self) -> str:
        """One that may be called."""
        given = str(self.cleaned_data["url"])
        if given:
            try:
                telling.way_to(given)
            except outward.Refused as refused:
                raise forms.ValidationError(str(refused)) from None
        return given


@staff("bike_boxes.partners")
@require_safe
def partner(request: HttpRequest, number: int) -> HttpResponse:
    """One partner with its webhook and its notices, what was given up marked."""
    found = get_object_or_404(Partner.objects.select_related("key"), pk=number)
    return _page(request, found, WebhookForm(initial={"url": found.webhook}))


def _page(
    request: HttpRequest, found: Partner, form: WebhookForm, secret: str = ""
) -> HttpResponse:  # fmt: skip
    state = request.GET.get("state", "")
    rows = found.notices.select_related("change__facility")
    if state in NOTICE_STATES:
        rows = rows.filter(state=state)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request, "partner", partner=found, form=form, secret=secret, listed=listed, state=state,
        states=NOTICE_STATES, shown=[(one, SIGNS[one.state]) for one in listed],
        dead=found.notices.filter(state="dead").count(), status=422 if form.errors else 200,
    )  # fmt: skip


@staff("bike_boxes.partners")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `address` (a new one, or none), `again:<notice>`, `again` (all dead letters)."""
    found, who = get_object_or_404(Partner, pk=number), person(request)
    what, _colon, given = request.POST.get("do", "").partition(":")
    if what == "address":
        form = WebhookForm(request.POST)
        if not form.is_valid():
            return _page(request, found, form)
        secret = telling.set_address(found, form.cleaned_data["url"], who)
        found.refresh_from_db()
        if secret:
            return _page(request, found, form, secret)
        messages.success(request, _("The partner is told of nothing any more."))
    elif what == "again":
        dead = Notice.objects.filter(partner=found, state="dead").order_by("change")
        chosen = dead.filter(pk=int(given)) if given.isdecimal() else dead
        sent = sum(telling.again(one, who) for one in chosen[:500])
        messages.success(request, _("Sent once more: %(n)s") % {"n": sent})
    else:
        raise Http404
    return redirect("bike_boxes-staff:partner", number)
