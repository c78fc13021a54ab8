"""Messages about alerts as e-mail, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stadtkern.kernel import registry
from stadtkern.kernel.alerts import wording
from stadtkern.kernel.alerts.models import Delivery
from stadtkern.kernel.post.transport import NotSent, hand_over, is_set_up, message_id

__all__ = ["NotSent", "is_set_up", "send"]

SUBJECT = 150


def send(deliveries: Sequence[Delivery]) -> None:
    """One mail to one mailbox about one message, or about several gathered ones.

    Raises NotSent.
    """
    first = deliveries[0]
    with override(first.language):
        message = EmailMessage(
            subject=_subject(deliveries)[:SUBJECT],
            body=render_to_string("alerts/mail.txt", {"news": [_news(one) for one in deliveries],
                                                      "city": registry.city().title}),
            to=[first.address],
            headers={"Message-ID": message_id(*(one.key for one in deliveries)),
                     "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
    hand_over(message)


def _subject(deliveries: Sequence[Delivery]) -> str:
    city = registry.city().title
    if len(deliveries) > 1:
        text = ngettext("%(n)d message about alerts", "%(n)d messages about alerts",
                        len(deliveries))  # fmt: skip
        return f"{city}: {text % {'n': len(deliveries)}}"
    return f"{city}: {_headline(deliveries[0])}".replace("\n", " ")


def _headline(delivery: Delivery) -> str:
    what = delivery.rule.title
    if delivery.incident is not None:
        what = delivery.incident.title
    elif delivery.alert is not None:
        what = f"{delivery.rule.title} – {wording.subject_name(delivery.alert)}"
    texts = {
        "raised": "%(what)s",
        "escalated": _("Nobody took it on: %(what)s"),
        "resolved": _("Over: %(what)s"),
        "flood": _("Many more: %(what)s"),
    }
    return texts[delivery.event] % {"what": what}


def _news(delivery: Delivery) -> dict[str, Any]:
    alert, incident = delivery.alert, delivery.incident
    url = ""
    if incident is not None:
        url = wording.link("staff-incident", incident)
    elif alert is not None:
        url = wording.link("staff-alert", alert)
    return {
        "headline": _headline(delivery),
        "delivery": delivery,
        "alert": alert,
        "incident": incident,
        "members": incident.alerts.count() if incident else 0,
        "severity": delivery.rule.get_severity_display(),
        "rule_words": wording.rule_words(delivery.rule),
        "found": wording.found_words(alert) if alert else "",
        "place": wording.place_of(alert) if alert else None,
        "since": wording.moment(alert.since if alert else incident.since if incident else None),
        "ended": wording.moment(alert.ended if alert else incident.closed if incident else None),
        "advice": wording.advice(alert) if alert else "",
        "url": url,
    }
