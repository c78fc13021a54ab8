"""Background work: what waits, runs and failed, and what runs by the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
)

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.contract import State
from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

TITLES: dict[str, str | Promise] = {
    "todo": _("waiting"),
    "doing": _("running"),
    "succeeded": _("done"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
    "aborted": _("stopped"),
}
SIGNS: dict[str, State] = {
    "todo": "info",
    "doing": "good",
    "succeeded": "good",
    "failed": "bad",
    "cancelled": "none",
    "aborted": "tight",
}
EVENTS = {
    "deferred": _("queued"),
    "started": _("begun"),
    "deferred_for_retry": _("queued again"),
    "failed": _("failed"),
    "succeeded": _("done"),
    "cancelled": _("cancelled"),
    "abort_requested": _("asked to stop"),
    "aborted": _("stopped"),
    "scheduled": _("planned"),
}
KERNEL_TITLES = {
    "kernel.partitions": _("Prepare next month's partitions"),
    "kernel.retention": _("Forget old messages"),
    "kernel.quality": _("Check new observations"),
    "kernel.learn": _("Learn how often devices send"),
    "kernel.batteries": _("Foresee when batteries will be empty"),
    "kernel.imports": _("Carry on with interrupted imports of device profiles"),
    "kernel.examples": _("Run the examples of new codecs"),
    "kernel.decoding": _("Carry on with messages being decoded again"),
    "kernel.onboarding": _("Forget lists and devices that nobody went on making"),
    "kernel.alerts": _("Let the rules of alerts look"),
    "kernel.messages": _("Send messages about alerts"),
    "kernel.downlinks": _("Forget old downlinks"),
    "kernel.gateways": _("Note what gateways have heard"),
    "kernel.receptions": _("Forget old receptions"),
    "kernel.datasets": _("Renew the systems' datasets"),
    "kernel.harvest": _("Read other catalogues that are due"),
    "kernel.records": _("Check and score the records of datasets"),
    "kernel.payments": _("Ask about payments that are under way"),
    "kernel.charges": _("Cancel charges that were not paid in time"),
    "kernel.refunds": _("Send money back"),
    "kernel.receipts": _("Send receipts"),
    "kernel.reconciliation": _("Compare payments with providers' statements"),
    "kernel.payers": _("Forget who paid, when it is over"),
    "kernel.abandoned": _("Take up again what a killed worker had in hand"),
    "kernel.push": _("Send messages to phones"),
    "kernel.bookings": _("Let bookings run out, remind people and ask who waits"),
    "kernel.absences": _("Read the calendars of staff"),
    "kernel.identity": _("Forget what was needed to sign in, when it is over"),
    "kernel.letters": _("Send letters that are due"),
    "kernel.questions": _("Remind people of questions about their cases"),
    "kernel.cases": _("Remind of applications that were begun, and end them in time"),
    "kernel.handovers": _("Hand cases over to back offices, and ask what became of them"),
    "kernel.audit": _("Forget old audit entries"),
    "kernel.erasure": _("Erase personal data whose retention is over"),
    "kernel.idempotency": _("Forget the answers kept for repeated requests"),
}
COLUMNS = (
    Column(title=_("No."), sort=("id",), num=True),
    Column(title=_("Job")),
    Column(title=_("Status"), sort=("status",)),
    Column(title=_("Last event"), sort=("last",)),
    Column(title=_("Attempts"), sort=("attempts",), num=True),
    Column(title=_("Reason")),
)


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A job that runs by the clock, with its last run."""

    name: str
    title: str | Promise
    cron: str
    status: str
    last: datetime | None


class JobFilters(Filters):
    """By status and name."""

    status = forms.ChoiceField(label=_("Status"), choices=any_of(list(TITLES.items())))
    q = forms.CharField(label=_("Job"), widget=forms.TextInput({"type": "search"}))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        if status := self.given("status"):
            rows = rows.filter(status=status)
        if q := self.given("q"):
            rows = rows.annotate(job=KT("args__job"), call=KT("args__call"))
            rows = rows.filter(
                Q(task_name__icontains=q) | Q(job__icontains=q) | Q(call__icontains=q)
            )
        return rows


@staff("jobs.see")
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs the queue remembers."""
    filters = JobFilters(request)
    events = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-id")
    rows = ProcrastinateJob.objects.annotate(last=Subquery(events.values("at")[:1]))
    found = listed(request, filters.apply(rows), COLUMNS, default="-id")
    reasons = reasons_of([job.pk for job in found.page if job.status == "failed"])
    shown = [(job, name_of(job), reasons.get(job.pk, "")) for job in found.page]
    return page(request, "jobs", listed=found, filters=filters, shown=shown, **_words(request))


@staff("jobs.see")
def job(request: HttpRequest, number: int) -> HttpResponse:
    """One job with its events."""
    one = get_object_or_404(ProcrastinateJob, pk=number)
    events = ProcrastinateEvent.objects.filter(job=one).order_by("id")
    return page(
        request,
        "job",
        job=one,
        name=name_of(one),
        reason=reasons_of([one.pk]).get(one.pk, ""),
        events=[(EVENTS.get(event.type, event.type), event.at) for event in events],
        **_words(request),
    )


@staff("jobs.edit")
@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Queue a failed job again."""
    with transaction.atomic():
        # The lock makes a second click wait and then find the job queued already.
        one = ProcrastinateJob.objects.select_for_update().filter(pk=number).first()
        if one is None:
            raise Http404
        if one.status != "failed":
            messages.info(request, _("This job has not failed; nothing was done."))
            return redirect("staff-job", number)
        app.job_manager.retry_job_by_id(number, clock.now(), one.priority, one.queue_name, one.lock)
        record(
            person(request), "jobs.retry", f"job:{number}", job=one.args.get("job", one.task_name)
        )
    messages.success(request, _("The job is queued again."))
    return redirect("staff-job", number)


@staff("jobs.see")
def schedule(request: HttpRequest) -> HttpResponse:
    """What runs by the clock, and how it went last time."""
    return page(request, "schedule", rows=scheduled(), **_words(request))


@staff("jobs.edit")
@require_POST
def run_now(request: HttpRequest) -> HttpResponse:
    """Run a scheduled job now."""
    name = request.POST.get("job", "")
    if name not in tasks.schedule():
        raise Http404
    with transaction.atomic():
        number = tasks.run.defer(job=name)
        record(person(request), "jobs.run", f"job:{number}", job=name)
    messages.success(request, _("“%(title)s” is queued.") % {"title": title_of(name)})
    return redirect("staff-job", number)


def scheduled() -> list[Scheduled]:
    """The schedule with each job's last turn; one query for any number of jobs."""
    turns = ProcrastinatePeriodicDefer.objects.select_related("job")
    newest = turns.order_by("periodic_id", "-defer_timestamp").distinct("periodic_id")
    last = {turn.periodic_id: turn for turn in newest}
    return [_scheduled(name, cron, last.get(name)) for name, (_, cron) in tasks.schedule().items()]


def _scheduled(name: str, cron: str, turn: Any) -> Scheduled:
    """The worker deletes what succeeded, so a turn without its job went well."""
    status = "" if turn is None else turn.job.status if turn.job else "succeeded"
    at = datetime.fromtimestamp(turn.defer_timestamp, UTC) if turn else None
    return Scheduled(name=name, title=title_of(name), cron=cron, status=status, last=at)


def title_of(name: str) -> str | Promise:
    """What a scheduled job does, in words."""
    slug, _dot, job = name.partition(".")
    for system in registry.installed():
        for declared in system.jobs:
            if (system.slug, declared.slug) == (slug, job):
                return declared.title
    return KERNEL_TITLES.get(name, name)


def name_of(job: ProcrastinateJob) -> str | Promise:
    """What a job in the queue does: its title, or the callable it hands an event to."""
    if "job" in job.args:
        return title_of(str(job.args["job"]))
    return str(job.args.get("call", job.task_name))


def reasons_of(numbers: list[int]) -> dict[int, str]:
    """Why jobs failed, as the worker noted it in the audit log; the last reason counts."""
    targets = {f"job:{number}": number for number in numbers}
    rows = Entry.objects.filter(verb="job.failed", target__in=targets).order_by("id")
    return {targets[row.target]: str(row.details.get("reason", "")) for row in rows}


def _words(request: HttpRequest) -> dict[str, Any]:
    return {"titles": TITLES, "signs": SIGNS, "may_edit": person(request).may("jobs.edit")}
