"""What is wrong right now, as the kernel and the systems' checks see it, and where to repair it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Problem, System
from stadtkern.kernel.devices.models import Network, Uplink
from stadtkern.kernel.jobs.models import EVERY, Heartbeat

log = structlog.get_logger("staff")

PROCESSES = {"web": _("web"), "worker": _("worker"), "ingest": _("ingest")}
WAITING_TOO_LONG = timedelta(minutes=10)
NOTHING_FOR = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A problem, who found it, and the address (or the words) that repair it."""

    source: str | Promise
    text: str | Promise
    url: str = ""
    fix: str = ""


def of_systems() -> list[Found]:
    """What the checks of the systems that are on find."""
    return [found for system in registry.active() for found in of_system(system)]


def of_system(system: System) -> Iterator[Found]:
    """What one system's checks find; a check that breaks is a problem itself."""
    for path in system.checks:
        try:
            problems: Iterable[Problem] = list(registry.resolve(path)())
        except Exception:
            # Another team's code must not take this page down.
            log.exception("check failed", check=path)
            problems = [Problem(text=_("The check “%(path)s” stops with an error; see the log.")
                                % {"path": path})]  # fmt: skip
        for problem in problems:
            yield _found(system, problem)


def _found(system: System, problem: Problem) -> Found:
    url = _address(problem.fix)
    return Found(source=system.title, text=problem.text, url=url, fix="" if url else problem.fix)


def _address(fix: str) -> str:
    if fix.startswith("/"):
        return fix
    try:
        return reverse(fix) if fix else ""
    except NoReverseMatch:
        return ""


def of_devices(states: dict[str, int]) -> Iterator[Found]:
    """Devices that fail or are silent, and messages of devices that nobody knows."""
    devices = reverse("staff-devices")
    if count := states["trouble"]:
        text = ngettext(
            "%(count)d device sends what its codec cannot read.",
            "%(count)d devices send what their codecs cannot read.",
            count,
        )
        yield _own(text % {"count": count}, f"{devices}?state=trouble")
    if count := states["silent"]:
        text = ngettext(
            "%(count)d device is silent: quiet for longer than it usually is.",
            "%(count)d devices are silent: quiet for longer than they usually are.",
            count,
        )
        yield _own(text % {"count": count}, f"{devices}?state=silent")
    if count := strangers():
        text = ngettext(
            "%(count)d unknown device sent messages in the last 24 hours.",
            "%(count)d unknown devices sent messages in the last 24 hours.",
            count,
        )
        yield _own(text % {"count": count}, f"{reverse('staff-uplinks')}?outcome=unknown")
    if sum(states.values()) - states["never"] and not _heard_lately():
        yield _own(
            _("No message came in for three hours. Check broker and ingest."),
            reverse("staff-uplinks") + "?outcome=all",
        )


def strangers() -> int:
    """How many unknown devices sent something since yesterday."""
    day = clock.now() - timedelta(days=1)
    rows = Uplink.objects.in_trouble().filter(outcome="unknown", received__gte=day)
    return rows.order_by().values("dev_eui").distinct().count()


def _heard_lately() -> bool:
    return Uplink.objects.filter(received__gte=clock.now() - NOTHING_FOR).exists()


def of_networks() -> Iterator[Found]:
    """Networks that are switched on and that we do not reach."""
    for network in Network.objects.filter(on=True).exclude(problem=""):
        text = _("The network “%(title)s” is not connected.") % {"title": network.title}
        yield _own(text, reverse("staff-network", args=[network.pk]))


def of_jobs(states: dict[str, int]) -> Iterator[Found]:
    """Jobs that failed, and jobs that nobody takes up."""
    jobs = reverse("staff-jobs")
    if count := states["failed"]:
        text = ngettext("%(count)d job has failed.", "%(count)d jobs have failed.", count)
        yield _own(text % {"count": count}, f"{jobs}?status=failed")
    if states["todo"] and (count := overdue()):
        text = ngettext(
            "%(count)d job waits for more than 10 minutes. Does a worker run?",
            "%(count)d jobs wait for more than 10 minutes. Does a worker run?",
            count,
        )
        yield _own(text % {"count": count}, f"{jobs}?status=todo")


def overdue() -> int:
    """Jobs whose time came a while ago and that still wait."""
    limit = clock.now() - WAITING_TOO_LONG
    waiting = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=limit)
    old = waiting.filter(procrastinateevent__type="deferred", procrastinateevent__at__lt=limit)
    return int(old.distinct().count())


def of_processes(beats: Iterable[Heartbeat]) -> Iterator[Found]:
    """Kinds of process of which none lives. Nothing is said where none was ever heard."""
    rows = list(beats)
    alive = {beat.role for beat in rows if is_alive(beat)}
    for role, title in PROCESSES.items():
        if role not in alive and any(beat.role == role for beat in rows):
            yield _own(_("No process of the kind “%(role)s” runs.") % {"role": title}, "")


def is_alive(beat: Heartbeat) -> bool:
    """Whether the process was heard within three heartbeats."""
    return clock.age(beat.at) <= EVERY * 3


def _own(text: Any, url: str) -> Found:
    return Found(source=_("Platform"), text=text, url=url)
