"""Rules, alerts, and who hears of them."""

from stadtkern.kernel.alerts.models.alert import Alert, AlertQuerySet, Note, State
from stadtkern.kernel.alerts.models.delivery import Delivery, Sending
from stadtkern.kernel.alerts.models.incident import Cause, Incident
from stadtkern.kernel.alerts.models.maintenance import Maintenance
from stadtkern.kernel.alerts.models.progress import Mark
from stadtkern.kernel.alerts.models.rule import About, Digest, Rule, Severity
from stadtkern.kernel.alerts.models.webhook import Webhook

__all__ = [
    "About",
    "Alert",
    "AlertQuerySet",
    "Cause",
    "Delivery",
    "Digest",
    "Incident",
    "Maintenance",
    "Mark",
    "Note",
    "Rule",
    "Sending",
    "Severity",
    "State",
    "Webhook",
]
