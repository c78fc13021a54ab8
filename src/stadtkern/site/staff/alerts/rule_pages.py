"""Rules: the list, one rule with its test, and making and changing them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import rehearsal, subjects, switching, wording
from stadtkern.kernel.alerts.models import About, Rule, State
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.alerts import rehearsed, signs
from stadtkern.site.staff.alerts.rule_form import OFFERS, SELECTORS, RuleForm, present
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Rule"), sort=("title",)),
    Column(title=_("State"), sort=("on",)),
    Column(title=_("Severity"), sort=("severity",)),
    Column(title=_("When")),
    Column(title=_("Whom")),
    Column(title=_("Open alerts"), sort=("firing",), num=True),
)
MANY = ("roles", "people", "webhooks", "escalate_roles")


@staff("alerts.see")
def rules(request: HttpRequest) -> HttpResponse:
    """All rules in plain words."""
    rows = Rule.objects.select_related(
        "profile", "network", "device", "observed_property", "project", "datastream"
    ).annotate(firing=Count("alerts", filter=Q(alerts__state=State.FIRING)))
    found = listed(request, rows, COLUMNS, default="title")
    units = subjects.measured_all(list(found.page))
    shown = [
        (one, wording.rule_words(one, units.get(one.pk)), subjects.words(one)) for one in found.page
    ]
    return page(request, "alerts/rules", listed=found, shown=shown, **signs.words(request))


@staff("alerts.see")
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """One rule, its last alerts, and on request what it would have done."""
    one = get_object_or_404(Rule, pk=number)
    days = {"7": 7, "30": 30, "90": 90}.get(request.GET.get("days", ""), 0)
    return page(
        request,
        "alerts/rule",
        rule=one,
        rule_words=wording.rule_words(one),
        whom=subjects.words(one),
        count=subjects.count(one),
        alerts=one.alerts.exclude(state=State.PENDING).to_show()[:10],
        rehearsal=rehearsed.shown(one, days) if days else None,
        days=days,
        **signs.words(request),
    )


@staff("alerts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """First the kind of condition, then the rest."""
    kind, about = request.GET.get("kind", ""), request.GET.get("about", "")
    if (kind, about) not in {(k, a) for k, a, _title, _text in OFFERS}:
        return page(request, "alerts/rule_kind", offers=OFFERS, **signs.words(request))
    new = Rule(kind=kind, about=about)
    return _form(request, new, {"tell_resolved": True, **_from_address(request)})


def _from_address(request: HttpRequest) -> dict[str, Any]:
    """What another page's link has chosen already."""
    wanted = ("device", "datastream", "profile", "label", "observed_property", "project")
    return {name: request.GET[name] for name in wanted if name in request.GET}


@staff("alerts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """All of it but its kind."""
    one = get_object_or_404(Rule, pk=number)
    return _form(request, one, present(one))


def _form(request: HttpRequest, one: Rule, initial: dict[str, Any]) -> HttpResponse:
    form = RuleForm(one.kind, one.about, request.POST or None, initial=initial)
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            _save(request, one, form)
            return redirect("staff-rule", one.pk)
        _fill(one, form)
        tried = {
            "rehearsal": rehearsed.shown(one, rehearsal.DAYS),
            "rule_words": wording.rule_words(one),
            "count": subjects.count(one),
        }
    title = next((t for k, a, t, _text in OFFERS if (k, a) == (one.kind, one.about)), "")
    return page(
        request, "alerts/rule_form", form=form, rule=one, kind_title=title,
        status=422 if form.errors else 200, **tried, **signs.words(request),
    )  # fmt: skip


def _fill(one: Rule, form: RuleForm) -> None:
    data = form.cleaned_data
    plain = ("title", "severity", "advice", "addresses", "digest", "quiet_from", "quiet_to",
             "per_hour", "tell_resolved", "escalate_addresses", "condition")  # fmt: skip
    for name in (*plain, *SELECTORS[About(one.about)]):
        setattr(one, name, data[name])
    minutes = data["escalate_minutes"]
    one.escalate_after = timedelta(minutes=minutes) if minutes else None


def _save(request: HttpRequest, one: Rule, form: RuleForm) -> None:
    """A changed rule looks at all its subjects anew."""
    verb = "alerts.rule_change" if one.pk else "alerts.rule_create"
    with transaction.atomic():
        _fill(one, form)
        one.done = one.seen = None
        one.problem = ""
        one.save()
        for name in MANY:
            getattr(one, name).set(form.cleaned_data[name])
        record(
            person(request), verb, one, title=one.title, kind=one.kind, severity=one.severity,
            fields=form.changed_data,
        )  # fmt: skip
    messages.success(request, _("The rule is saved. It looks at its subjects within a minute."))


@staff("alerts.edit")
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """On, or off: then its open alerts are over."""
    with transaction.atomic():
        one = Rule.objects.select_for_update().filter(pk=number).first()
        if one is None:
            raise Http404
        ended = switching.switch(one, on=not one.on, now=clock.now())
        record(person(request), "alerts.rule_switch", one, title=one.title, on=one.on, ended=ended)
    messages.success(request, _("The rule is on.") if one.on else _("The rule is off."))
    return redirect("staff-rule", number)
