"""All alerts: a list that filters, with what can be done to many at once."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import mail, wording
from stadtkern.kernel.alerts.models import Alert, Incident, Rule, Severity, State
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.alerts import deeds, signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed, ordered
from stadtkern.site.staff.page import page

MOST = 500
COLUMNS = (
    Column(title=_("Alert"), sort=("rule__title",)),
    Column(title=_("Severity"), sort=("rank",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Since"), sort=("since",)),
    Column(title=_("Place")),
    Column(title=_("Who"), sort=("assigned__username",)),
)
HEADS = ("id", "rule", "severity", "state", "subject", "place", "since", "fired", "ended",
         "acknowledged", "found")  # fmt: skip
RANK = Case(
    When(severity=Severity.CRITICAL, then=Value(0)),
    When(severity=Severity.WARNING, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class AlertFilters(Filters):
    """By words, state, severity, rule and who looks after it."""

    q = forms.CharField(
        label=_("Device, measuring point or place"), widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("open")),
            ("waiting", _("open, nobody took it on")),
            ("snoozed", _("put off")),
            ("pending", _("not yet long enough")),
            ("resolved", _("over")),
            ("all", _("all")),
        ],
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=any_of(list(Severity.choices)))
    rule = forms.ModelChoiceField(Rule.objects.all(), label=_("Rule"), empty_label=_("all"))
    mine = forms.BooleanField(label=_("Given to me"))

    def apply(self, rows: QuerySet[Alert], who: Any) -> QuerySet[Alert]:
        """The rows that pass."""
        rows = self._by_state(rows)
        if severity := self.given("severity"):
            rows = rows.filter(severity=severity)
        if rule := self.given("rule"):
            rows = rows.filter(rule=rule)
        if self.given("mine"):
            rows = rows.filter(assigned=who)
        if q := self.given("q"):
            rows = rows.filter(
                Q(device__name__icontains=q) | Q(device__dev_eui__icontains=q)
                | Q(gateway__name__icontains=q) | Q(gateway__eui__icontains=q)
                | Q(datastream__thing__name__icontains=q)
                | Q(datastream__thing__place__name__icontains=q)
                | Q(device__thing__place__name__icontains=q) | Q(rule__title__icontains=q)
            )  # fmt: skip
        return rows

    def _by_state(self, rows: QuerySet[Alert]) -> QuerySet[Alert]:
        state = self.given("state")
        if state == "waiting":
            return rows.filter(pk__in=Alert.objects.waiting())
        if state == "snoozed":
            return rows.filter(state=State.FIRING, snoozed_until__gt=clock.now())
        if state in (State.PENDING, State.RESOLVED):
            return rows.filter(state=state)
        return rows if state == "all" else rows.filter(state=State.FIRING)


@staff("alerts.see")
def alerts(request: HttpRequest) -> HttpResponse:
    """The list, with the open incidents above it."""
    filters = AlertFilters(request)
    rows: QuerySet[Any] = filters.apply(Alert.objects.to_show(), person(request))
    rows = rows.annotate(rank=RANK)
    rows = rows.order_by("rank", "-since")
    if request.GET.get("format") == "csv":
        chosen = ordered(rows, COLUMNS, request.GET.get("sort", ""))[:LONGEST]
        return csv_file("alerts", HEADS, (_row(one) for one in chosen))
    incidents = Incident.objects.filter(closed=None).annotate(
        firing=Count("alerts", filter=Q(alerts__state=State.FIRING))
    )
    found = listed(request, rows, COLUMNS)
    return page(
        request,
        "alerts/list",
        listed=found,
        shown=[(one, wording.subject_name(one), wording.place_of(one)) for one in found.page],
        filters=filters,
        any_open=any(one.state == State.FIRING for one in found.page),
        counts=counts(),
        incidents=incidents,
        no_mail=not mail.is_set_up(),
        **signs.words(request),
    )


def counts() -> list[dict[str, Any]]:
    """How many are open, by severity; one query."""
    found = dict(Alert.objects.firing().order_by().values_list("severity").annotate(n=Count("pk")))
    return [
        {"title": severity.label, "value": found.get(severity.value, 0),
         "sign": signs.SEVERITIES[severity.value], "query": f"?severity={severity.value}"}
        for severity in reversed(Severity)
    ]  # fmt: skip


@staff("alerts.edit")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Take on or put off the alerts that were ticked."""
    ids = [int(text) for text in request.POST.getlist("alert") if text.isdecimal()][:MOST]
    chosen = list(Alert.objects.filter(pk__in=ids))
    who, text = person(request), request.POST.get("text", "")
    if request.POST.get("deed") == "snooze":
        until = clock.now() + timedelta(hours=_hours(request.POST.get("hours", "")))
        done = deeds.snooze(chosen, who, until, text)
    else:
        done = deeds.acknowledge(chosen, who, text)
    said = ngettext("%(n)d alert is changed.", "%(n)d alerts are changed.", done) % {"n": done}
    messages.success(request, said) if done else messages.info(request, _("Nothing was to change."))
    return redirect(back(request))


def _hours(text: str) -> int:
    return min(max(int(text), 1), 24 * 30) if text.isdecimal() else 24


def back(request: HttpRequest) -> str:
    """The list as it was, from the form; never another site."""
    to = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return to if to.startswith("/") and safe else "staff-alerts"


def _row(alert: Alert) -> tuple[Any, ...]:
    place = wording.place_of(alert)
    return (
        alert.pk, alert.rule.title, alert.severity, alert.state, wording.subject_name(alert),
        place.name if place else "", alert.since, alert.fired, alert.ended, alert.acknowledged,
        wording.found_words(alert),
    )  # fmt: skip
