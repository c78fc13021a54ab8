"""How a device is: reporting, silent, never heard, or in trouble."""

from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import Device

# Missed uplinks after which a device is silent; radio loses one now and then.
MISSED = 3
LOW_BATTERY = 20.0

TITLES = {
    "trouble": _("in trouble"),
    "silent": _("silent"),
    "never": _("never heard"),
    "reporting": _("reporting"),
}
SIGNS: dict[str, State] = {
    "trouble": "bad",
    "silent": "tight",
    "never": "none",
    "reporting": "good",
}


def with_state(devices: QuerySet[Device]) -> QuerySet[Any]:
    """Each device with its `state`, one of TITLES."""
    late = Now() - F("profile__uplink_every") * MISSED
    return devices.annotate(
        state=Case(
            When(~Q(problem=""), then=Value("trouble")),
            When(last_seen=None, then=Value("never")),
            When(last_seen__lt=late, then=Value("silent")),
            default=Value("reporting"),
            output_field=CharField(),
        )
    )


def counted() -> dict[str, int]:
    """How many devices are in each state; one query."""
    rows = with_state(Device.objects.all()).order_by().values_list("state").annotate(Count("id"))
    found = dict(rows)
    return {state: found.get(state, 0) for state in TITLES}
