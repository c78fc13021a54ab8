"""From a paid booking to a door that opens: confirm it, make its PIN, tell renter and partners."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings import waiting
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.sealing import seal, unseal
from stadtkern.systems.bike_boxes.logic import changes, codes, mail
from stadtkern.systems.bike_boxes.logic.renting import box_of, charge_of
from stadtkern.systems.bike_boxes.models import Access, Box

# With 10^6 PINs and some dozen boxes in a place, even a second try is rare.
TRIES = 20


def settle(booking: Booking) -> Access | None:
    """Do what a payment brings; as often as one likes, nothing happens twice.

    A payment that came when the box was gone is paid back.
    """
    charge = charge_of(booking)
    if charge is None or charge.state != "paid":
        return Access.objects.filter(booking=booking.follows_id or booking.pk).first()
    try:
        with transaction.atomic():
            return extended(booking) if booking.follows_id else granted(booking)
    except Refused as refused:
        _give_back(booking, charge, refused)
        return None


def granted(booking: Booking) -> Access:
    """Confirm a held booking and make what opens its box.

    Raises Refused: the hold is over and the box gone.
    """
    known = Access.objects.filter(booking=booking).first()
    if known is not None:
        return known
    offer = Wish.objects.filter(offer=booking, state="offered").first()
    booking = waiting.accept(offer) if offer else bookings.confirm(booking)
    # From here on we have the turn of its days until the commit: whoever comes second sees ours.
    known = Access.objects.filter(booking=booking).first()
    if known is not None:
        return known
    box = box_of(booking)
    assert box is not None
    access = _access(booking, box)
    mail.later(access, "confirmed")
    changes.note(box.facility, source=booking.source, booking=booking.public_id, state="booked")
    return access


def _access(booking: Booking, box: Box) -> Access:
    """With a PIN that nobody else has at this place; the database says whether it is so."""
    told = booking.properties
    for _try in range(TRIES):
        pin = codes.new_pin()
        try:
            with transaction.atomic():
                return Access.objects.create(
                    booking=booking, facility=box.facility, box=box, begins=booking.begins,
                    ends=booking.ends, pin_digest=codes.digest(box.facility, "pin", pin),
                    pin_sealed=seal(pin), card_id=told.get("card"),
                    card_digest=told.get("card_digest", ""),
                )  # fmt: skip
        except IntegrityError:
            continue
    raise RuntimeError("no PIN is free at this place")


def extended(booking: Booking) -> Access:
    """A paid extension: the rental's right lasts until its end.

    Raises Refused: the rental has ended meanwhile, or the box is gone.
    """
    rows = Access.objects.select_for_update(of=["self"]).select_related("facility", "booking")
    access = rows.get(booking=booking.follows_id)
    if booking.state in ("held", "expired"):
        if not access.live:
            raise Refused(_("The rental has ended, so it cannot be extended."))
        booking = bookings.confirm(booking)
    box = box_of(booking)
    if box is None or box.pk != access.box_id:
        # A hold that ran out is given another free unit; a bicycle cannot move by itself.
        raise Refused(_("Somebody else has this box then, so the rental cannot be extended."))
    if booking.ends > access.ends:
        access.ends, access.extensions, access.reminded = booking.ends, access.extensions + 1, None
        access.save(update_fields=["ends", "extensions", "reminded"])
        mail.later(access, "extended", str(booking.public_id))
        changes.note(access.facility, source=booking.source, booking=booking.public_id,
                     state="booked")  # fmt: skip
    return access


def _give_back(booking: Booking, charge: Charge, refused: Refused) -> None:
    with transaction.atomic():
        charges.refund(charge, charge.cents, str(refused)[:250], key="not-possible")
        mail.about(booking, "not_possible", reason=str(refused))


def pin_of(access: Access) -> str:
    """The PIN again, for its renter; empty once the rental is over."""
    return unseal(access.pin_sealed) if access.live else ""


def offline_code_of(access: Access) -> str:
    """What opens the box where the terminal has no network; empty once the rental is over."""
    pin = pin_of(access)
    return codes.offline_code(access.facility, access.box.number, pin, access.ends) if pin else ""


def close(access: Access) -> None:
    """Nothing opens the box any more, and the PIN is forgotten."""
    Access.objects.filter(pk=access.pk).update(live=False, pin_sealed=None, card_digest="")
    access.live = False
