"""How a network is, as one of a few words."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import Network

QUIET = timedelta(hours=24)
TITLES = {
    "good": _("receives"),
    "quiet": _("quiet for a day"),
    "never": _("nothing yet"),
    "problem": _("not connected"),
    "off": _("switched off"),
}
SIGNS: dict[str, State] = {
    "good": "good",
    "quiet": "tight",
    "never": "info",
    "problem": "bad",
    "off": "none",
}


def of(network: Network) -> str:
    """One of TITLES."""
    if not network.on:
        return "off"
    if network.problem:
        return "problem"
    if network.last_heard is None:
        return "never"
    return "good" if clock.age(network.last_heard) <= QUIET else "quiet"


def today(network: Network) -> dict[str, Any]:
    """How many messages came today, and of how many nothing was stored though it should be."""
    if network.day != timezone.localdate():
        return {"messages": 0, "troubled": 0}
    return {"messages": network.messages, "troubled": network.troubled}
