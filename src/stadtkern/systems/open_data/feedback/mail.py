"""Tells a person by e-mail what became of a letter, in the background."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.models import Letter

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def is_set_up() -> bool:
    """Whether there is a server that takes mail."""
    return bool(settings.EMAIL_HOST) or settings.EMAIL_BACKEND != SMTP


def tell_soon(letter: Letter) -> None:
    """Queue a mail in the caller's transaction."""
    perform.defer(call="stadtkern.systems.open_data.feedback.mail.tell", number=letter.pk)


def tell(number: int) -> str:
    """Send the present state to whoever wrote; a letter whose address is erased stays silent."""
    letter = Letter.objects.select_related("dataset").filter(pk=number).first()
    if letter is None or not letter.email:
        return "nobody to tell"
    if not is_set_up():
        return "no mail server: write [mail] host into the city file"
    with override(letter.language):
        city = registry.city().title
        EmailMessage(
            subject=_("%(city)s: your message about “%(title)s”")
            % {"city": city, "title": letter.title[:100].replace("\n", " ")},
            body=render_to_string("open_data/mail.txt", {
                "letter": letter, "city": city,
                "word": logic.WORDS[letter.kind].get(letter.state, letter.state),
                "address": address.base() + letter.get_absolute_url(),
            }),
            to=[letter.email], headers={"Auto-Submitted": "auto-replied"},
        ).send()  # fmt: skip
    return "told"
