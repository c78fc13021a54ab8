"""The staff's first page: what needs attention, by what each person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import Outcome, Uplink
from stadtkern.kernel.jobs.models import Heartbeat
from stadtkern.site.staff import device_state, problems, uplinks
from stadtkern.site.staff.doors import any_staff, person
from stadtkern.site.staff.page import page

REPLACED_AFTER = timedelta(minutes=5)
JOB_STATES: dict[str, tuple[str | Promise, State]] = {
    "todo": (_("waiting"), "info"),
    "doing": (_("running"), "good"),
    "failed": (_("failed"), "bad"),
}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A number with its name, its sign, and the query of the list behind it."""

    title: str | Promise
    value: int
    sign: State
    query: str


@dataclass(frozen=True, kw_only=True)
class Came:
    """How many messages came to one outcome."""

    outcome: str
    title: str | Promise
    sign: State
    hour: int
    day: int


@any_staff
def overview(request: HttpRequest) -> HttpResponse:
    """Devices, uplinks, jobs and problems."""
    who = person(request)
    said: dict[str, Any] = {"found": []}
    if who.may("devices.see"):
        states = device_state.counted()
        said |= {"devices": _devices(states), "outcomes": outcomes()}
        said["found"] += [*problems.of_devices(states), *problems.of_networks()]
        said["found"] += problems.of_systems()
    if who.may("jobs.see"):
        jobs, beats = counted_jobs(), list(Heartbeat.objects.all())
        said |= {"jobs": _jobs(jobs), "beats": processes(beats)}
        said["found"] += [*problems.of_jobs(jobs), *problems.of_processes(beats)]
    return page(request, "overview", **said)


def processes(beats: Sequence[Heartbeat]) -> list[tuple[Heartbeat, bool]]:
    """With whether they live; what was replaced and is long silent is left out."""
    lively = {beat.role for beat in beats if problems.is_alive(beat)}
    lately = clock.now() - REPLACED_AFTER
    return [
        (beat, problems.is_alive(beat))
        for beat in beats
        if beat.role not in lively or beat.at > lately
    ]


def outcomes() -> list[Came]:
    """How many messages of each outcome came in during the last hour and day; one query."""
    now = clock.now()
    rows = Uplink.objects.filter(received__gte=now - timedelta(days=1)).order_by()
    hour = Count("id", filter=Q(received__gte=now - timedelta(hours=1)))
    counted = rows.values_list("outcome").annotate(hour=hour, day=Count("id"))
    found = {outcome: (of_hour, of_day) for outcome, of_hour, of_day in counted}
    return [
        Came(
            outcome=outcome.value,
            title=outcome.label,
            sign=uplinks.SIGNS[outcome],
            hour=found.get(outcome, (0, 0))[0],
            day=found.get(outcome, (0, 0))[1],
        )
        for outcome in Outcome
    ]


def counted_jobs() -> dict[str, int]:
    """How many jobs wait, run and have failed; one query."""
    rows = ProcrastinateJob.objects.filter(status__in=JOB_STATES).order_by()
    found = dict(rows.values_list("status").annotate(Count("id")))
    return {state: found.get(state, 0) for state in JOB_STATES}


def _devices(states: dict[str, int]) -> list[Counted]:
    return [
        Counted(
            title=title,
            value=states[state],
            sign=device_state.SIGNS[state],
            query=f"?state={state}",
        )
        for state, title in device_state.TITLES.items()
    ]


def _jobs(states: dict[str, int]) -> list[Counted]:
    return [
        Counted(title=title, value=states[state], sign=sign, query=f"?status={state}")
        for state, (title, sign) in JOB_STATES.items()
    ]
