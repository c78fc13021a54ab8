"""Make a meeting and lead it through its states, with the seats it has."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import changes, waiting
from stadtkern.kernel.bookings.models import Booking, Resource, Unit, Wish
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.push.announce import News, announce
from stadtkern.systems.esports import mail
from stadtkern.systems.esports.models import Meeting
from stadtkern.systems.esports.signing_up import KIND

Actor = Account | str
# From each state, where it can go.
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("open", "cancelled"),
    "open": ("checkin", "draft", "cancelled"),
    "checkin": ("running", "open", "cancelled"),
    "running": ("finished", "checkin"),
    "finished": ("running",),
    "cancelled": (),
}


class Refused(Exception):
    """A meeting cannot be changed like that; the message says why."""


@transaction.atomic
def save(actor: Actor, meeting: Meeting) -> Meeting:
    """Store what was written; seats are added, or taken out where nobody sits. Raises Refused."""
    new = meeting.pk is None
    if new:
        meeting.resource = Resource.objects.create(
            kind="esports.seats", name=meeting.title, name_en=meeting.title_en,
            place=meeting.place, invented=meeting.invented,
        )  # fmt: skip
    elif _moved(meeting):
        raise Refused(
            _("People have signed up for this time. Cancel the meeting and make a new one.")
        )
    meeting.save()
    Resource.objects.filter(pk=meeting.resource_id).update(
        name=meeting.title, name_en=meeting.title_en, place=meeting.place
    )
    _fit_seats(meeting)
    record(actor, "esports.create" if new else "esports.change", meeting, title=meeting.title)
    return meeting


def _moved(meeting: Meeting) -> bool:
    before = Meeting.objects.get(pk=meeting.pk)
    same = (before.begins, before.ends) == (meeting.begins, meeting.ends)
    return not same and (
        Booking.objects.filter(resource=meeting.resource_id).live().exists()
        or Wish.objects.filter(
            resources=meeting.resource_id, state__in=("waiting", "offered")
        ).exists()
    )


def _fit_seats(meeting: Meeting) -> None:
    units = {one.number: one for one in Unit.objects.filter(resource=meeting.resource_id)}
    wanted = range(1, meeting.seats + 1)
    Unit.objects.bulk_create([Unit(resource=meeting.resource, number=number)
                              for number in wanted if number not in units])  # fmt: skip
    for number, unit in units.items():
        if unit.active != (number in wanted):
            if number not in wanted and unit.occupancies.filter(live=True).exists():
                raise Refused(_("More people have signed up than there would be seats."))
            unit.active = number in wanted
            unit.save(update_fields=["active"])
    if not meeting.begins <= clock.now():
        waiting.offer_free([meeting.resource_id], meeting.begins, meeting.ends)


@transaction.atomic
def turn(actor: Actor, number: int, state: str) -> Meeting:
    """Lead it to another state. Raises Refused where no way leads there."""
    meeting = Meeting.objects.select_for_update().get(pk=number)
    if state not in WAYS[meeting.state]:
        raise Refused(_("That is not possible in this state."))
    if meeting.state == "open" and state == "draft" and _has_people(meeting):
        raise Refused(_("People have signed up. Cancel the meeting instead."))
    before, meeting.state = meeting.state, state
    meeting.save(update_fields=["state"])
    record(actor, f"esports.{state}", meeting, title=meeting.title, before=before)
    if state == "cancelled":
        _send_home(meeting)
    elif state == "open" and before == "draft":
        _announce(meeting)
    return meeting


def _has_people(meeting: Meeting) -> bool:
    return meeting.signups.filter(erased=None).exists()


def _send_home(meeting: Meeting) -> None:
    """Everybody is told, and nobody is offered a seat that was given back."""
    for signup in meeting.signups.filter(erased=None).select_related("booking", "wish"):
        mail.cancelled(signup)
    rows = Wish.objects.filter(kind=KIND, resources=meeting.resource_id)
    for wish in rows.filter(state__in=("waiting", "offered")):
        waiting.withdraw(wish)
    for one in Booking.objects.filter(resource=meeting.resource_id, state__in=("held", "booked")):
        changes.cancel(one, by="organiser", reason=_("The meeting is cancelled."))


def _announce(meeting: Meeting) -> None:
    announce(News(
        key=f"esports:{meeting.pk}", topic="esports.meetings", title=meeting.title,
        title_en=meeting.title_en, text=meeting.text[:160], text_en=meeting.text_en[:160],
        page="esports:meeting", args=[meeting.slug], until=meeting.begins,
    ))  # fmt: skip
