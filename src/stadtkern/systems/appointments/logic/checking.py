"""The code by e-mail without which some online bookings do not count."""

import secrets
from typing import Final

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post import letters, transport
from stadtkern.kernel.post.address import link
from stadtkern.systems.appointments.models import Check, Office

TRIES: Final = 5


def needs_code(booking: Booking, office: Office) -> bool:
    """Where the office wants it, or no proof keeps robots out; if mails can be sent at all."""
    if not (booking.email and transport.is_set_up()):
        return False
    return office.check_mail or (office.prove and not booking.properties.get("proven"))


def send(booking: Booking) -> None:
    """Mail a code, the same one again where there is one. Raises Refused: after too many tries."""
    fresh = f"{secrets.randbelow(1_000_000):06d}"
    check, _new = Check.objects.get_or_create(booking=booking, defaults={"code": fresh})
    if check.tries >= TRIES:
        raise Refused(_("The code was wrong too often. Please choose a time once more."))
    with override(booking.language):
        page = link("appointments:code", links.token(booking, "hold"), language=booking.language)
        text = render_to_string(
            "appointments/mail/code.txt",
            {"code": check.code, "page": page, "city": registry.city().title},
        )
        title = _("Your code for the appointment")
        subject = f"{registry.city().title}: {title}"
        letters.write(
            key=f"appointments.code:{booking.pk}:{booking.email}", to=booking.email, text=text,
            subject=subject, language=booking.language, topic=f"booking:{booking.pk}",
            until=booking.begins,
        )  # fmt: skip


def renew(booking: Booking) -> None:
    """Another address gets another code; that counts as a try, so that nobody mails the world."""
    fresh = f"{secrets.randbelow(1_000_000):06d}"
    Check.objects.filter(booking=booking).update(code=fresh, tries=F("tries") + 1)


def enter(booking: Booking, code: str) -> None:
    """Raises Refused: the code is wrong, or was wrong too often."""
    with transaction.atomic():
        check = Check.objects.select_for_update().filter(booking=booking).first()
        if check is None:
            raise Refused(_("There is no code for this appointment. Please begin once more."))
        right = constant_time_compare(check.code, code.strip())
        spent = check.tries >= TRIES
        if not right:
            Check.objects.filter(pk=check.pk).update(tries=F("tries") + 1)
    if spent:
        raise Refused(_("The code was wrong too often. Please choose a time once more."))
    if not right:
        raise Refused(_("This code is not right. Please look at our e-mail once more."))
