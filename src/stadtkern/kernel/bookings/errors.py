"""Why a booking is refused: a code for programs and a sentence for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from stadtkern.kernel.bookings.slots import Slot
    from stadtkern.kernel.bookings.wanted import Wanted


class Refused(Exception):
    """What was asked cannot be done; `str()` is a sentence in the reader's language."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str | Promise] = _("This cannot be booked.")

    def __init__(self, text: str | Promise = "", *, wanted: "Wanted | None" = None) -> None:
        super().__init__(text)
        self.text = text
        self.wanted = wanted

    def __str__(self) -> str:
        return str(self.text or self.sentence)

    @cached_property
    def alternatives(self) -> Sequence["Slot"]:
        """The nearest slots that are free now; asked only when somebody looks."""
        from stadtkern.kernel.bookings.nearest import nearest  # noqa: PLC0415  it asks the slots

        return nearest(self.wanted) if self.wanted else ()


class Taken(Refused):
    """Somebody was faster, or there are not enough free ones."""

    code = "taken"
    sentence = _("This time has just been taken. Please choose another one.")


class NotOpen(Refused):
    """Nothing is open then, or nothing that is fit for it."""

    code = "not_open"
    sentence = _("Nothing is open at this time. Please choose another one.")


class TooEarly(Refused):
    """It begins sooner than the notice that is needed, or has begun."""

    code = "too_soon"
    sentence = _("This time is too soon to book. Please choose a later one.")


class TooFar(Refused):
    """It lies further ahead than can be booked today."""

    code = "too_far"
    sentence = _("This day cannot be booked yet. Please choose an earlier one.")


class HoldOver(Refused):
    """The reservation has run out, and somebody else has the time now."""

    code = "hold_over"
    sentence = _("Your reservation has run out, and the time is taken. Please choose another one.")


class WrongState(Refused):
    """A booking in this state does not allow it."""

    code = "wrong_state"
    sentence = _("This is not possible any more: the booking has been used, ended or cancelled.")


class TooMany(Refused):
    """More at once, or more open bookings, than one person may have."""

    code = "too_many"
    sentence = _("That is more than one person can book.")


class KeyUsed(Refused):
    """The key of a repeated request belongs to a booking of something else."""

    code = "key_used"
    sentence = _("This key was used for another booking. Please send a new one.")
