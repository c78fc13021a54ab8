"""The rules that every new city starts with: nobody should find out by chance."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel.alerts.models import About, Rule, Severity
from stadtkern.kernel.people.models import Role

# Who runs the city's technology hears of them, once there is a mail server.
ROLE = "operator"


def ensure() -> int:
    """Make the rules that are missing; what the city changed or switched off stays. How many."""
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        known = set(Rule.objects.exclude(slug=None).values_list("slug", flat=True))
        new = [Rule(slug=slug, **one) for slug, one in _rules().items() if slug not in known]
        role = Role.objects.filter(slug=ROLE).first()
        for rule in new:
            rule.save()
            if role:
                rule.roles.add(role)
    return len(new)


def _rules() -> dict[str, dict[str, Any]]:
    return {
        "devices-silent": {
            "title": _("Device silent"),
            "about": About.DEVICE,
            "kind": "silence",
            "condition": {"at_least": 30},
            "severity": Severity.WARNING,
        },
        "gateways-silent": {
            "title": _("Gateway silent"),
            "about": About.GATEWAY,
            "kind": "silence",
            "condition": {"at_least": 30},
            "severity": Severity.CRITICAL,
            "advice": _("Look at the gateway's power and connection. Its devices are well, most"
                        " likely: what they send meanwhile is lost unless another gateway hears"
                        " them."),
        },
        "battery-low": {
            "title": _("Battery low"),
            "about": About.DEVICE,
            "kind": "battery",
            "condition": {"low": 20, "well": 30, "days": 30},
            "severity": Severity.WARNING,
            "digest": "daily",
        },
        "decoding-fails": {
            "title": _("Messages cannot be read"),
            "about": About.DEVICE,
            "kind": "decoding",
            "condition": {"failures": 3},
            "severity": Severity.WARNING,
        },
    }  # fmt: skip
