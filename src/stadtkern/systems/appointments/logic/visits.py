"""Appointments as the public and clerks make them: reserve, sign, book, move, cancel, find."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes, waiting
from stadtkern.kernel.bookings.errors import WrongState
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.systems.appointments.logic import checking, fees, freed, limits
from stadtkern.systems.appointments.logic.concern import Concern, Offer, concern_of
from stadtkern.systems.appointments.logic.finding import words_of
from stadtkern.systems.appointments.logic.times import wanted
from stadtkern.systems.appointments.models import Office

KIND: Final = "appointments.visit"
# How long a reservation stands while a code is on its way, and at most altogether.
CODE_MINUTES: Final = 30
MOST_HOLD: Final = timedelta(hours=1)
ONLINE: Final = ("public", "partner")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A booking with its office and concern."""

    booking: Booking
    office: Office
    concern: Concern | None

    @property
    def begins(self) -> datetime:
        """By the wall clock of the office."""
        return self.booking.begins

    @property
    def is_ahead(self) -> bool:
        """Whether it can still be changed by whoever booked it."""
        return self.booking.state == "booked" and self.booking.begins > clock.now()

    @property
    def hold_over(self) -> bool:
        """Whether its reservation has run out."""
        until = self.booking.hold_until
        return self.booking.state == "expired" or (until is not None and until <= clock.now())

    @property
    def persons(self) -> int:
        """How many come."""
        return int(self.booking.properties.get("persons", 1))


def visit_of(booking: Booking) -> Visit:
    """The office and concern of a booking; services that are gone leave no concern."""
    office = Office.objects.select_related("resource__place", "resource__calendar").get(
        resource=booking.resource_id
    )
    told = booking.properties
    concern = concern_of(told.get("services", ()), int(told.get("persons", 1)))
    return Visit(booking=booking, office=office, concern=concern)


def hold(
    concern: Concern, offer: Offer, begins: datetime, *, proven: bool, form: str,
    person: Person, source: str = "web",
) -> Booking:  # fmt: skip
    """Reserve a slot for the one who is filling in the form.

    `form` names the page it was sent from: sent twice it is one reservation, and another time
    chosen on it replaces the first. Raises what `changes.hold` raises.
    """
    made = changes.hold(
        wanted(offer, concern, begins), kind=KIND, minutes=offer.office.hold_minutes,
        person=person, source=source, subject=concern.services[0].slug,
        key=f"{form}:{offer.office.pk}:{begins.timestamp():.0f}"[:120],
        properties={**concern.told(), "proven": proven, "form": form},
    )  # fmt: skip
    rows = Booking.objects.filter(kind=KIND, state="held", hold_until__gt=clock.now())
    for old in rows.filter(properties__form=form).exclude(pk=made.pk):
        changes.cancel(old, by="person")
    return made


def extend(booking: Booking) -> Booking:
    """More time for the form, up to an hour since it was begun. Raises HoldOver, WrongState."""
    office = Office.objects.get(resource=booking.resource_id)
    if clock.now() - booking.created > MOST_HOLD:
        raise WrongState(_("The slot has been kept for an hour. Please choose a time once more."))
    return changes.extend(booking, office.hold_minutes)


def sign(booking: Booking, person: Person) -> Booking:
    """Write down whose reservation it is. Raises Refused: this address cannot book."""
    limits.check_mail(person.email)
    with transaction.atomic():
        one = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if one.state not in ("held", "expired"):
            raise WrongState
        if one.email and one.email != person.email:
            checking.renew(one)
        one.name, one.email, one.phone = person.name, person.email, person.phone
        one.language = person.language
        one.save(update_fields=["name", "email", "phone", "language"])
    return one


def confirm(booking: Booking) -> str:
    """Make a signed reservation count; `booked`, or what it needs first: `code` or `pay`.

    Raises TooMany: this person has as many as one may have. HoldOver, WrongState.
    """
    if booking.state in ("booked", "arrived"):
        return "booked"
    if not booking.name or not (booking.email or booking.phone):
        raise WrongState(_("Please enter your name, and an e-mail address or a telephone number."))
    visit = visit_of(booking)
    if visit.hold_over:
        # It succeeds where the time is still free.
        booking = changes.extend(booking, visit.office.hold_minutes)
    if checking.needs_code(booking, visit.office):
        with transaction.atomic():
            if clock.now() - booking.created <= MOST_HOLD:
                changes.extend(booking, CODE_MINUTES)
            checking.send(booking)
        return "code"
    return _counts(booking, visit)


def confirm_with_code(booking: Booking, code: str) -> str:
    """As `confirm`, with the code that was mailed. Raises Refused where it is wrong."""
    checking.enter(booking, code)
    return _counts(booking, visit_of(booking))


def _counts(booking: Booking, visit: Visit) -> str:
    with transaction.atomic():
        limits.check_open(booking, visit.office)
        if visit.concern is not None and visit.concern.prepaid_cents and not fees.is_paid(booking):
            changes.extend(booking, fees.MINUTES)
            fees.charge_for(booking, visit.concern)
            return "pay"
        changes.confirm(booking)
    return "booked"


def book(
    concern: Concern, offer: Offer, begins: datetime, person: Person, *, audience: str,
    source: str, key: str = "", note: str = "", follows: Booking | None = None,
) -> Booking:  # fmt: skip
    """Book at once, as clerks do for somebody. Raises what `changes.book` raises."""
    with transaction.atomic():
        made = changes.book(
            wanted(offer, concern, begins, audience), kind=KIND, person=person, source=source,
            key=key, subject=concern.services[0].slug, properties=concern.told(),
        )  # fmt: skip
        if note or follows:
            made.note, made.follows = note, follows
            made.save(update_fields=["note", "follows"])
    return made


def move(
    booking: Booking, offer: Offer, concern: Concern, begins: datetime, *,
    audience: str = "public", why: str = "",
) -> Booking:  # fmt: skip
    """The same appointment at another time or office; what it leaves is free a little later.

    Raises what `changes.move` raises; then nothing has changed.
    """
    if booking.state != "booked" or (audience in ONLINE and booking.begins <= clock.now()):
        raise WrongState
    asked = wanted(offer, concern, begins, audience)
    with transaction.atomic():
        left = freed.before(booking) if audience in ONLINE else None
        moved = changes.move(booking, asked)
        properties = {**moved.properties, "why": why}
        Booking.objects.filter(pk=moved.pk).update(properties=properties)
        if left is not None:
            freed.delay(left)
    moved.properties = properties
    return moved


def cancel(booking: Booking, *, by: str, reason: str = "") -> Booking:
    """Given up; slots that the public gives up are free a little later. Raises WrongState."""
    with transaction.atomic():
        left = freed.before(booking) if by == "person" and booking.state == "booked" else None
        done = changes.cancel(booking, by=by, reason=reason)
        if left is not None:
            freed.delay(left)
    return done


def find(code: str, name: str) -> Booking | None:
    """The appointment of a code, for whoever knows a name of it too."""
    rows = Booking.objects.of_kind(KIND).filter(code=code.strip().upper().replace(" ", ""))
    found = rows.filter(state__in=("booked", "arrived", "cancelled")).first()
    if found is None or not set(words_of(name)) & set(words_of(found.name)):
        return None
    return found


def earlier(booking: Booking) -> Wish:
    """Put it on the list of those who want an earlier slot; once. Raises WrongState, HoldOver."""
    visit = visit_of(booking)
    if not visit.is_ahead or visit.concern is None or not booking.email:
        raise WrongState(_("An earlier appointment is offered by e-mail; we do not have yours."))
    with transaction.atomic():
        Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if known := wish_of(booking):
            return known
        offers = visit.concern.offers(online=True)
        minutes = max(one.minutes for one in offers)
        return waiting.wish(
            kind=KIND, resources=[one.office.resource for one in offers], earliest=clock.now(),
            latest=booking.begins, person=person_of(booking), minutes=minutes,
            skills=visit.concern.skills, replaces=booking, subject=booking.subject,
            properties=visit.concern.told(),
        )  # fmt: skip


def wish_of(booking: Booking) -> Wish | None:
    """The entry of the waiting list that would replace this booking."""
    return Wish.objects.filter(replaces=booking, state__in=("waiting", "offered")).first()


def person_of(booking: Booking) -> Person:
    """Whose booking it is."""
    return Person(name=booking.name, email=booking.email, phone=booking.phone,
                  language=booking.language, account=booking.account)  # fmt: skip
