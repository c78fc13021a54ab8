"""Sign up for a meeting, with a seat or on the waiting list; consent of guardians; photos."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes, waiting
from stadtkern.kernel.bookings.errors import Refused as NotBooked
from stadtkern.kernel.bookings.errors import Taken
from stadtkern.kernel.bookings.models import Booking, Unit, Wish
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.systems.esports import mail
from stadtkern.systems.esports.logic import ages
from stadtkern.systems.esports.models import Meeting, SignUp, Team

KIND = "esports.seat"
# How long a seat is kept for a guardian's answer.
GUARDIAN_MINUTES = 3 * 24 * 60
SALT = "esports.guardian"


class Refused(Exception):
    """Somebody cannot sign up; the message says why and what to do. `field` is which entry."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What somebody told of themselves."""

    nickname: str
    email: str
    birth_year: int
    guardian_email: str = ""
    photo: bool = False
    team: str = ""
    language: str = "de"
    name: str = ""


def day_of(meeting: Meeting) -> date:
    """The day of a meeting in the city."""
    return timezone.localtime(meeting.begins).date()


def free_seats(meeting: Meeting) -> int:
    """How many seats are left now; a hold that has run out is free."""
    taken = Booking.objects.filter(resource=meeting.resource_id).live()
    used = sum(taken.touching(meeting.begins, meeting.ends).values_list("quantity", flat=True))
    units = Unit.objects.filter(resource=meeting.resource_id, active=True).count()
    return max(units - used, 0)


@transaction.atomic
def sign_up(meeting: Meeting, entry: Entry, *, at_the_door: bool = False) -> SignUp:
    """A seat, or a place on the waiting list. Raises Refused; then nothing is kept."""
    _check(meeting, entry, at_the_door=at_the_door)
    minor = ages.needs_guardian(entry.birth_year, day_of(meeting))
    made = SignUp(
        meeting=meeting, nickname=entry.nickname.strip(), birth_year=entry.birth_year,
        guardian_email=entry.guardian_email if minor else "", photo=entry.photo,
        photo_changed=clock.now() if entry.photo else None, team=_team(meeting, entry.team),
    )  # fmt: skip
    if at_the_door and minor:
        # Whoever stands at the door has the signed form with them, or a guardian beside them.
        made.consented = clock.now()
    try:
        made.booking = _seat(meeting, entry, at_the_door=at_the_door, wait=made.lacks_consent)
    except Taken:
        if at_the_door:
            raise Refused(_("All seats are taken.")) from None
        made.wish = _wait(meeting, entry)
    except NotBooked as problem:
        raise Refused(str(problem)) from None
    _keep(made)
    if made.lacks_consent:
        mail.ask_guardian(made, guardian_token(made))
    mail.welcome(made)
    return made


def _keep(made: SignUp) -> None:
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(
            _("Somebody already comes under this nickname. Please choose another one."), "nickname"
        ) from None


def _check(meeting: Meeting, entry: Entry, *, at_the_door: bool) -> None:
    day = day_of(meeting)
    opened = ("open", "checkin", "running") if at_the_door else ("open",)
    if meeting.state not in opened or (not at_the_door and meeting.begins <= clock.now()):
        raise Refused(_("The sign-up for this meeting is closed."))
    if not ages.is_plausible(entry.birth_year, day):
        raise Refused(_("Please enter the year in which you were born."), "birth_year")
    if not ages.may_play(entry.birth_year, meeting.rating, day):
        raise Refused(
            _("This game is rated from %(age)s years. Please look for another meeting.")
            % {"age": meeting.rating},
            "birth_year",
        )
    minor = ages.needs_guardian(entry.birth_year, day)
    if minor and not at_the_door and not entry.guardian_email:
        raise Refused(
            _("Below 16 a parent or guardian has to agree. Please enter their e-mail address."),
            "guardian_email",
        )
    if minor and entry.guardian_email.lower() == entry.email.lower() and entry.email:
        raise Refused(_("Please enter an address of your parents, not your own."), "guardian_email")


def _team(meeting: Meeting, name: str) -> Team | None:
    said = " ".join(name.split())[:40]
    if not said:
        return None
    found = Team.objects.filter(meeting=meeting, name__iexact=said).first()
    return found or Team.objects.create(meeting=meeting, name=said)


def _person(entry: Entry) -> Person:
    return Person(name=entry.name, email=entry.email, language=entry.language)


def _seat(meeting: Meeting, entry: Entry, *, at_the_door: bool, wait: bool) -> Booking:
    begins = max(meeting.begins, clock.now()) if at_the_door else meeting.begins
    wanted = Wanted(
        resource=meeting.resource, begins=begins, ends=meeting.ends,
        audience="internal" if at_the_door else "public",
    )  # fmt: skip
    subject = meeting.title
    if wait:
        left = int((meeting.begins - clock.now()) / timedelta(minutes=1))
        return changes.hold(wanted, kind=KIND, minutes=min(GUARDIAN_MINUTES, max(left, 1)),
                            person=_person(entry), subject=subject)  # fmt: skip
    made = changes.book(wanted, kind=KIND, person=_person(entry), subject=subject)
    return changes.arrive(made) if at_the_door else made


def _wait(meeting: Meeting, entry: Entry) -> Wish:
    return waiting.wish(
        kind=KIND, resources=[meeting.resource], earliest=meeting.begins, latest=meeting.ends,
        person=_person(entry), subject=meeting.title,
    )  # fmt: skip


def guardian_token(signup: SignUp) -> str:
    """The secret of the link that a guardian gets."""
    return signing.dumps(str(signup.public_id), salt=SALT)


def of_guardian(token: str) -> SignUp | None:
    """The sign-up behind a guardian's link, until the meeting is over; None where it is wrong."""
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    rows = SignUp.objects.select_related("meeting__place", "booking", "wish__offer")
    signup = rows.filter(public_id=found, erased=None).first()
    return signup if signup and signup.meeting.ends > clock.now() else None


def consent(signup: SignUp) -> SignUp:
    """A guardian agrees: the seat is firm. Raises Refused where it is gone meanwhile."""
    if signup.booking is not None and signup.consented is None:
        try:
            changes.confirm(signup.booking)
        except NotBooked as problem:
            raise Refused(str(problem)) from None
    SignUp.objects.filter(pk=signup.pk, consented=None).update(consented=clock.now())
    signup.refresh_from_db(fields=["consented"])
    return signup


def refuse(signup: SignUp) -> None:
    """A guardian does not agree: the seat is free again, and the data are erased at once."""
    give_up(signup, by="guardian")
    forget([signup.pk])


def give_up(signup: SignUp, *, by: str) -> None:
    """Somebody does not come, or no longer waits. May be repeated. Raises Refused: it is over."""
    try:
        if (seat := signup.seat) is not None:
            changes.cancel(seat, by=by)
        elif signup.wish is not None and signup.wish.state in ("waiting", "offered"):
            waiting.withdraw(signup.wish)
    except NotBooked as problem:
        raise Refused(str(problem)) from None


def set_photo(signup: SignUp, allowed: bool) -> None:
    """Photos are allowed, or no longer."""
    SignUp.objects.filter(pk=signup.pk).update(photo=allowed, photo_changed=clock.now())


def arrive(signup: SignUp) -> None:
    """Somebody is here. Raises Refused: no seat, or a guardian has not agreed."""
    if signup.lacks_consent:
        raise Refused(_("A guardian has not agreed yet. Ask for the signed form."))
    seat = signup.seat
    if seat is None:
        raise Refused(_("There is no seat for this player yet."))
    try:
        changes.arrive(seat)
    except NotBooked as problem:
        raise Refused(str(problem)) from None


def release_missing(meeting: Meeting, by: str) -> int:
    """Free the seats of those who are not here; how many."""
    rows = Booking.objects.filter(resource=meeting.resource_id, state__in=("held", "booked"))
    missing = list(rows.touching(meeting.begins, meeting.ends))
    for one in missing:
        if one.state == "booked" and meeting.begins <= clock.now():
            changes.miss(one)
        else:
            changes.cancel(one, by=by)
    return len(missing)


def forget(ids: list[int]) -> int:
    """Erase who it was; nicknames become numbers, results stay."""
    rows = SignUp.objects.filter(pk__in=ids, erased=None)
    for one in rows:
        number = f"#{one.pk}"
        one.nickname, one.guardian_email, one.birth_year = number, "", None
        one.consented, one.photo, one.photo_changed = None, False, None
        one.erased = clock.now()
        one.entries.update(name=number)
        one.save()
    return len(ids)
