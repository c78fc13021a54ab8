"""App providers: their keys, what they sell, and what they were refused."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, ApiKey, issue_key
from stadtkern.systems.parking_tickets.models import Operator, Refusal, Session
from stadtkern.systems.parking_tickets.staff.control import page, person

SCOPE: Final = "parking_tickets:operator"
OFFICERS, PERMITS = "parking_tickets:enforcement", "parking_tickets:permits"
DAYS: Final = 7
PER_PAGE: Final = 50


class OperatorForm(forms.Form):
    """A new provider."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=40,
        help_text=gettext_lazy("Small letters, digits and hyphens; it stands in the books."),
    )  # fmt: skip
    contact = forms.EmailField(label=gettext_lazy("E-mail for questions"), required=False)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if Operator.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("There is a provider of this name already."))
        return slug


@staff("parking_tickets.operators")
@require_http_methods(["GET", "HEAD", "POST"])
def operators(request: HttpRequest) -> HttpResponse:
    """All providers with their week; sent, a new one with its first key."""
    form, made = OperatorForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            row = Operator.objects.create(**form.cleaned_data)
            made = _new_key(row, person(request))
        form = OperatorForm()
    return _page(request, form, made)


def _page(request: HttpRequest, form: OperatorForm, made: str = "") -> HttpResponse:
    return page(request, "operators", form=form, made=made, rows=_week(), days=DAYS,
                officers=[(one, PERMITS in one.scopes) for one in _programs()],
                status=422 if form.errors else 200)  # fmt: skip


def _week() -> list[dict[str, Any]]:
    """Each provider with keys and figures, in four statements."""
    since = clock.now() - timedelta(days=DAYS)
    sold = Session.objects.filter(created__gt=since, operator__isnull=False)
    counted = sold.order_by().values("operator").annotate(
        count=Count("pk"), running=Count("pk", filter=Q(state="active")))  # fmt: skip
    sums = {row["operator"]: row for row in counted}
    counts = Refusal.objects.filter(at__gt=since).order_by().values_list("operator")
    refused = dict(counts.annotate(Count("pk")))
    return [
        {"operator": one, "sold": sums.get(one.pk, {}), "refused": refused.get(one.pk, 0),
         "keys": [key for key in one.keys.all() if key.revoked is None]}
        for one in Operator.objects.prefetch_related("keys")
    ]  # fmt: skip


def _programs() -> QuerySet[ApiKey]:
    """Keys for programs of officers."""
    return ApiKey.objects.usable().filter(scopes__contains=[OFFICERS])


def _new_key(row: Operator, who: Account) -> str:
    """One more key: the old one works until it is revoked, so that a provider can change over."""
    key, secret = issue_key(label=f"Handyparken: {row.name}", scopes=(SCOPE,), owner=who)
    row.keys.add(key)
    record(who, "parking_tickets.operator_key", row, hint=key.hint)
    return secret


@staff("parking_tickets.operators")
@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """A new key, a key that works no more, or the provider off and on again."""
    row, who, deed = get_object_or_404(Operator, slug=slug), person(request), request.POST.get("do")
    with transaction.atomic():
        if deed == "key":
            return _page(request, OperatorForm(), _new_key(row, who))
        if deed in ("off", "on"):
            Operator.objects.filter(pk=row.pk).update(active=deed == "on")
            record(who, f"parking_tickets.operator_{deed}", row)
            messages.success(request, _("Saved."))
        elif deed == "revoke" and (number := request.POST.get("key", "")).isdecimal():
            done = row.keys.filter(pk=int(number), revoked=None).update(revoked=clock.now())
            if done:
                record(who, "parking_tickets.operator_revoke", row, key=int(number))
                messages.success(request, _("This key works no more."))
    return redirect("parking_tickets-staff:operators")


@staff("parking_tickets.operators")
@require_POST
def officers_key(request: HttpRequest) -> HttpResponse:
    """A key for a program of officers, or one that works no more."""
    who = person(request)
    with transaction.atomic():
        if (number := request.POST.get("key", "")).isdecimal():
            _programs().filter(pk=int(number)).update(revoked=clock.now())
            record(who, "parking_tickets.officers_revoke", key=int(number))
            return redirect("parking_tickets-staff:operators")
        label = request.POST.get("label", "").strip()[:80] or _("Handheld of officers")
        scopes = (OFFICERS, PERMITS) if request.POST.get("permits") else (OFFICERS,)
        key, secret = issue_key(label=label, scopes=scopes, owner=who)
        record(who, "parking_tickets.officers_key", "", hint=key.hint, scopes=list(scopes))
    return _page(request, OperatorForm(), secret)


@staff("parking_tickets.operators")
@require_safe
def refusals(request: HttpRequest, slug: str) -> HttpResponse:
    """What a provider was refused, and why: the newest first, and the commonest reasons."""
    row = get_object_or_404(Operator, slug=slug)
    rows = Refusal.objects.filter(operator=row)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    common = (rows.filter(at__gt=clock.now() - timedelta(days=DAYS))
              .order_by().values("field", "reason").annotate(count=Count("pk"))
              .order_by("-count")[:5])  # fmt: skip
    return page(request, "refusals", operator=row, listed=listed, common=common, days=DAYS)
