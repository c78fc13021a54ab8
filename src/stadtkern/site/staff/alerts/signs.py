"""States and severities of alerts as shapes and words; the pages of this area."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.alerts.models import Alert, State
from stadtkern.kernel.contract import State as Sign
from stadtkern.kernel.ui.context import Link
from stadtkern.site.staff.doors import person

SEVERITIES: dict[str, Sign] = {"critical": "bad", "warning": "tight", "info": "info"}
STATES: dict[str, Sign] = {"pending": "none", "firing": "bad", "resolved": "good"}
SENDINGS: dict[str, Sign] = {"waiting": "info", "sent": "good", "failed": "bad"}
VERBS = {
    "raised": _("raised"),
    "over": _("over by the data"),
    "grouped": _("joined an incident"),
    "acknowledged": _("taken on"),
    "snoozed": _("put off"),
    "assigned": _("given to"),
    "resolved": _("closed by hand"),
    "comment": _("comment"),
}
ENDS = {
    "over": _("It ended by itself."),
    "unseen": _("It was over before it could be seen, so nobody was told."),
    "hand": _("Somebody closed it."),
    "off": _("Its rule was switched off."),
}
PAGES = (
    (_("Alerts"), "staff-alerts", "alerts.see"),
    (_("Rules"), "staff-rules", "alerts.see"),
    (_("Maintenance"), "staff-maintenance", "alerts.see"),
    (_("Sent messages"), "staff-messages", "alerts.see"),
    (_("Webhooks"), "staff-webhooks", "alerts.edit"),
)


def words(request: HttpRequest) -> dict[str, Any]:
    """What every page of this area shows."""
    who = person(request)
    return {
        "severity_signs": SEVERITIES,
        "state_signs": STATES,
        "sending_signs": SENDINGS,
        "verbs": VERBS,
        "may_edit": who.may("alerts.edit"),
        "tabs": [
            Link(label=label, url=reverse(name), current=_current(request, reverse(name)))
            for label, name, permission in PAGES
            if who.may(permission)
        ],
    }


def _current(request: HttpRequest, url: str) -> str:
    if request.path == url:
        return "page"
    return ""


def waiting() -> int:
    """How many alerts nobody has taken on: the number in the menu."""
    return Alert.objects.waiting().count()


def is_open(alert: Alert) -> bool:
    """Whether there is something left to do about it."""
    return alert.state == State.FIRING
