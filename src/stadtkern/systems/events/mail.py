"""E-mails to organisers: the link that confirms an event, and what became of it."""

from django.core import signing
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.post import letters
from stadtkern.kernel.post.address import link
from stadtkern.systems.events.models import Event

SALT = "events.confirm"
VALID = 3 * 24 * 3600


def token_of(event: Event) -> str:
    """The secret of the link that confirms an event."""
    return signing.dumps(event.pk, salt=SALT)


def event_of(token: str) -> Event | None:
    """The event behind a link; None where it is wrong, too old, or the event is gone."""
    try:
        number = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return Event.objects.filter(pk=number).defer("large", "small").first()


def ask(event: Event) -> None:
    """Send the link, with the caller's transaction."""
    with override("de"):
        page = link("events:confirm", token_of(event))
        _write(event, "confirm", _("please confirm your event"), page)


def tell(event: Event) -> None:
    """Say what became of it, with the caller's transaction."""
    if event.contact_email:
        with override("de"):
            _write(event, event.state, _("your event"), link("events:event", event.slug))


def _write(event: Event, what: str, subject: str, page: str) -> None:
    name = "confirm" if what == "confirm" else "answer"
    city = registry.city().title
    text = render_to_string(f"events/mail_{name}.txt", {"one": event, "city": city, "link": page})
    letters.write(
        key=f"events:{event.pk}:{what}:{event.sequence}", to=event.contact_email,
        subject=f"{city}: {subject}", text=text, topic=f"event:{event.pk}",
    )  # fmt: skip
