"""What renters and the operator are told by mail: few sentences, the facts, the link."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stadtkern.kernel import registry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments.charges import base
from stadtkern.kernel.post import letters
from stadtkern.systems.bike_boxes.logic import renting, settings
from stadtkern.systems.bike_boxes.models import Access, Facility, Trouble

Text = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Subject and sentences of one sort of mail; `%(..)s` are filled in."""

    subject: Text
    text: Text
    pin: bool = False


LETTERS = {
    "confirmed": Letter(
        subject=gettext_lazy("Your bike box is booked"),
        text=gettext_lazy("Your payment has arrived. This is how you open the box: type the PIN at"
                          " the terminal, hold your card to it, or press “Open” on the page of your"
                          " rental."),
        pin=True,
    ),
    "extended": Letter(
        subject=gettext_lazy("Your bike box is extended"),
        text=gettext_lazy("Your payment has arrived. The PIN stays the same."),
        pin=True,
    ),
    "ends_soon": Letter(
        subject=gettext_lazy("Your bike box: the rental ends soon"),
        text=gettext_lazy("Please take your bicycle out by then, or extend the rental on its page"
                          " while the box is free."),
    ),
    "overdue": Letter(
        subject=gettext_lazy("Your bike box: the rental is over"),
        text=gettext_lazy("Your bicycle is still in the box. Please take it out as soon as you"
                          " can: you can open the box on the page of your rental.%(fee)s"),
    ),
    "warned": Letter(
        subject=gettext_lazy("Your bicycle will be removed"),
        text=gettext_lazy("Your rental is over, and your bicycle is still in the box. Please take"
                          " it out by %(until)s. After that we remove it and store it for"
                          " you.%(fee)s"),
    ),
    "stored": Letter(
        subject=gettext_lazy("We have stored your bicycle"),
        text=gettext_lazy("We have taken your bicycle out of the box. It stands here: %(where)s. We"
                          " keep it until %(until)s. Please bring this mail and your identity"
                          " card."),
    ),
    "late_fee": Letter(
        subject=gettext_lazy("Your bike box: the late return"),
        text=gettext_lazy("Your bicycle stayed in the box when the rental was over. Days that are"
                          " to be paid: %(days)s. Together with a removal, if there was one, that"
                          " is %(money)s (%(source)s). Please pay by %(until)s here: %(pay)s"),
    ),
    "late_fee_reminder": Letter(
        subject=gettext_lazy("Reminder: the late return of your bike box"),
        text=gettext_lazy("We have not received %(money)s yet for the late return of your bike"
                          " box (%(source)s). Please pay by %(until)s here: %(pay)s"),
    ),
    "late_fee_waived": Letter(
        subject=gettext_lazy("Your bike box: you need not pay"),
        text=gettext_lazy("We do not ask for %(money)s for the late return any more. If you have"
                          " paid already, the money comes back."),
    ),
    "moved": Letter(
        subject=gettext_lazy("Your bike box has another number"),
        text=gettext_lazy("The box that you had rented is not free. We have given you another one"
                          " at the same place. The PIN stays the same."),
        pin=True,
    ),
    "no_box": Letter(
        subject=gettext_lazy("Your bike box is not free, you get your money back"),
        text=gettext_lazy("We are sorry: the box that you had rented is not free, and there is no"
                          " other one at this place. You get %(money)s back in the way you paid."),
    ),
    "ended": Letter(
        subject=gettext_lazy("Your rental of a bike box is over"),
        text=gettext_lazy("Thank you. Your rental is over, and the PIN no longer works.%(back)s"),
    ),
    "not_possible": Letter(
        subject=gettext_lazy("Your payment came too late, you get it back"),
        text=gettext_lazy("Your payment arrived when the box could not be booked any more"
                          " (%(reason)s). You get all of it back in the way you paid."),
    ),
}  # fmt: skip


def later(
    access: Access, what: str, again: str = "", *, cents: int = 0, **said: Any
) -> None:  # fmt: skip
    """A mail about a rental, kept in the caller's transaction; only one for each `again`."""
    key = f"{access.public_id}:{what}:{again}"
    _write(access.booking, what, key, access=access, cents=cents, **said)


def about(booking: Booking, what: str, again: str = "", *, cents: int = 0, **said: Any) -> None:
    """A mail about a booking that has no right to a box, or not any more; as `later`."""
    _write(booking, what, f"{booking.public_id}:{what}:{again}", cents=cents, **said)


def _write(booking: Booking, what: str, key: str, *, access: Access | None = None,
           cents: int = 0, **said: Any) -> None:  # fmt: skip
    if not booking.email:
        return
    letter = LETTERS[what]
    with override(booking.language):
        words = _words(cents, said)
        box = renting.box_of(booking) if access is None else access.box
        body = render_to_string("bike_boxes/mail.txt", {
            "text": str(letter.text) % words, "booking": booking, "box": box,
            "begins": access.begins if access else booking.begins,
            "ends": access.ends if access else booking.ends,
            "pin": _pin(access) if letter.pin else "", "city": registry.city().title,
            "link": base() + renting.address(booking), "place": booking.resource.place,
        })  # fmt: skip
        letters.write(to=booking.email, subject=f"{registry.city().title}: {letter.subject}",
                      text=body, key=f"bike_boxes:{key}", language=booking.language,
                      topic=f"booking:{booking.pk}")  # fmt: skip


def _words(cents: int, said: dict[str, Any]) -> dict[str, str]:
    money = euros(cents)
    back = " " + _("You get %(money)s back in the way you paid.") % {"money": money}
    told = {key: moment(value) if isinstance(value, datetime) else str(value)
            for key, value in said.items()}  # fmt: skip
    return {"money": money, "back": back if cents else "", **told}


def _pin(access: Access | None) -> str:
    from stadtkern.systems.bike_boxes.logic import granting  # noqa: PLC0415  it writes mails

    return granting.pin_of(access) if access is not None else ""


def moment(at: datetime) -> str:
    """Day and time by the city's clocks."""
    return formats.date_format(timezone.localtime(at), "j. F Y, H:i")


def day(at: date) -> str:
    """A day, as people of the language write it."""
    return formats.date_format(at, "j. F Y")


def euros(cents: int) -> str:
    """`15,00 €`, as people of the language write it."""
    from stadtkern.kernel.ui.numbers import figure  # noqa: PLC0415  only where money is shown

    return f"{figure(cents / 100, 2)}\N{NO-BREAK SPACE}€"


def alarm(trouble: Trouble) -> None:
    """Whoever looks after the boxes hears of it at once."""
    to = settings().alarm_mail
    if not to:
        return
    facility: Facility = trouble.box.facility
    with override("de"):
        subject = f"{registry.city().title}: {trouble.get_kind_display()}"
        body = render_to_string("bike_boxes/alarm.txt", {
            "trouble": trouble, "facility": facility, "city": registry.city().title,
            "link": base(), "at": moment(trouble.since),
        })  # fmt: skip
    letters.write(to=to, subject=subject, text=body, key=f"bike_boxes:trouble:{trouble.pk}")
