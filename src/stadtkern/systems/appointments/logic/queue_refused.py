"""Why somebody does not get a number, or a counter cannot do what was asked."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.bookings.errors import Refused


class NoNumbersLeft(Refused):
    """The day's contingent of walk-ins is used up, or the queue takes none."""

    code = "no_numbers"
    sentence = _(
        "All numbers for today have been given out. Please book an appointment or come another day."
    )


class NotThisDay(Refused):
    """The appointment is on another day."""

    code = "not_this_day"


class NotYet(Refused):
    """It is too early to wait."""

    code = "not_yet"


class NotHere(Refused):
    """The office of this appointment does not wait in this hall."""

    code = "not_here"
    sentence = _("Your appointment is not in this place. Please look at your confirmation.")


class NoSuchCode(Refused):
    """No appointment has this code."""

    code = "no_such_code"
    sentence = _(
        "We do not find an appointment with this code. Please type the eight letters and digits of "
        "your confirmation, or ask at the counter."
    )


class NotSignedIn(Refused):
    """The desk is not open."""

    code = "not_signed_in"
    sentence = _("You are not signed in at a counter. Please choose one.")


class Occupied(Refused):
    """Somebody else sits at this counter."""

    code = "occupied"
    sentence = _("Somebody else is signed in at this counter. Please choose another one.")


class StillOpen(Refused):
    """The counter has somebody already."""

    code = "still_open"
    sentence = _("There is still somebody at this counter. Finish that first.")


class Overtaken(Refused):
    """What the clerk looked at is not so any more."""

    code = "overtaken"
    sentence = _("This has changed in the meantime. The page shows how it is now.")


class NobodyWaits(Refused):
    """There is nobody to call."""

    code = "nobody"
    sentence = _("Nobody is waiting.")
