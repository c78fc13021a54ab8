"""How a device is, in one word: what matters most where several things are true."""

from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import Device

LOW_BATTERY = 20.0

TITLES = {
    "silent": _("silent"),
    "trouble": _("decoding fails"),
    "low": _("battery low"),
    "late": _("late"),
    "never": _("never heard"),
    "resting": _("resting"),
    "reporting": _("fine"),
}
SIGNS: dict[str, State] = {
    "silent": "bad",
    "trouble": "bad",
    "low": "tight",
    "late": "tight",
    "never": "none",
    "resting": "none",
    "reporting": "good",
}


def with_state(devices: QuerySet[Device]) -> QuerySet[Any]:
    """Each device with its `state`, one of TITLES, and what `DeviceQuerySet.watched` adds."""
    watched: QuerySet[Any] = devices.watched()  # type: ignore[attr-defined]
    stated: QuerySet[Any] = watched.annotate(
        state=Case(
            When(resting=True, then=Value("resting")),
            When(last_seen=None, then=Value("never")),
            When(silent_from__lt=Now(), then=Value("silent")),
            When(~Q(problem=""), then=Value("trouble")),
            When(battery__lt=LOW_BATTERY, then=Value("low")),
            When(late_from__lt=Now(), then=Value("late")),
            default=Value("reporting"),
            output_field=CharField(),
        )
    )
    return stated


def counted(devices: QuerySet[Any] | None = None) -> dict[str, int]:
    """How many of these devices are in each state, of all where none are given; one query."""
    rows = with_state(Device.objects.all()) if devices is None else devices
    found = dict(rows.order_by().values_list("state").annotate(Count("id")))
    return {state: found.get(state, 0) for state in TITLES}
