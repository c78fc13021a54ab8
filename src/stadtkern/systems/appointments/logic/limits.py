"""What one person, one mailbox or one connection may have at once."""

from datetime import timedelta
from typing import Final

from django.core.validators import RegexValidator
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused, TooMany
from stadtkern.kernel.bookings.models import Booking, BookingQuerySet
from stadtkern.systems.appointments.models import MailRule, Office, Sender

# Slots that one internet address may reserve in an hour; many people share one.
MOST_HOLDS: Final = 40
MOST_UNPROVEN: Final = 10
MOST_FINDS: Final = 15
PHONE: Final = RegexValidator(
    r"^\+?[0-9 ()/-]{5,30}$", gettext_lazy("Please write the number with digits only.")
)


def check_mail(email: str) -> None:
    """Raises Refused: nothing can be booked online with this address."""
    if _verdict(email) == "block":
        raise Refused(
            _("No appointment can be booked online with this e-mail address. Please use another "
              "one, or call us.")
        )  # fmt: skip


def _verdict(email: str) -> str:
    """What holds for an address; its own rule is stronger than that of its domain."""
    small = email.strip().lower()
    if not small:
        return ""
    rules = dict(
        MailRule.objects.filter(pattern__in=[small, f"@{small.rpartition('@')[2]}"]).values_list(
            "pattern", "verdict"
        )
    )
    return rules.get(small) or next(iter(rules.values()), "")


def check_open(booking: Booking, office: Office) -> None:
    """Raises TooMany: whoever booked has as many appointments ahead as one may have.

    Asked one after the other for one mailbox or telephone, until the caller commits.
    """
    who = booking.email.strip().lower() or "".join(filter(str.isdigit, booking.phone))
    if not who:
        return
    _wait_for(who)
    rows = _ahead().exclude(pk=booking.pk)
    mine = rows.of_mailbox(booking.email) if booking.email else rows.filter(phone=booking.phone)
    _check(mine.count(), booking.email, office)


def check_mailbox(email: str, office: Office) -> None:
    """As `check_open`, before there is a booking."""
    _wait_for(email.strip().lower())
    _check(_ahead().of_mailbox(email).count(), email, office)


def _wait_for(who: str) -> None:
    """Until the end of the transaction nobody else asks for the same person."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [who])


def _ahead() -> BookingQuerySet:
    rows = Booking.objects.of_kind("appointments.visit")
    return rows.filter(state="booked", ends__gt=clock.now())


def _check(count: int, email: str, office: Office) -> None:
    if not office.most_open or count < office.most_open or _verdict(email) == "free":
        return
    raise TooMany(
        _(
            "You have %(count)s open appointments already; one person can have no more. "
            "Please cancel one first."
        )
        % {"count": office.most_open}
    )


def check_sender(mark: str, most: int) -> None:
    """Count one more deed of a connection in this hour. Raises TooMany."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    row, _new = Sender.objects.get_or_create(mark=mark, hour=hour)
    Sender.objects.filter(pk=row.pk).update(count=F("count") + 1)
    if row.count >= most:
        raise TooMany(
            _("Too much was asked from your connection in this hour. Please try again later, or "
              "call us.")
        )  # fmt: skip


def forget() -> int:
    """Delete the counts of hours that are over; they say nothing about anybody afterwards."""
    return Sender.objects.filter(hour__lt=clock.now() - timedelta(hours=2)).delete()[0]
