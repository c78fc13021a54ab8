"""Meetings with how many seats are left, and who comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Unit, Wish
from stadtkern.kernel.contract import State
from stadtkern.systems.esports.models import Meeting, SignUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A meeting with its free seats and how many wait."""

    meeting: Meeting
    free: int
    waiting: int

    @property
    def is_full(self) -> bool:
        """Sign-up is open, and only the waiting list is left."""
        return self.meeting.state == "open" and self.free == 0

    @property
    def is_open(self) -> bool:
        """Whether people can sign up now."""
        return self.meeting.state == "open" and self.meeting.begins > clock.now()

    @property
    def sign(self) -> State:
        """The sign of its state."""
        if self.meeting.state == "open":
            return "tight" if self.free == 0 else "good"
        signs: dict[str, State] = {"checkin": "info", "running": "info", "cancelled": "bad"}
        return signs.get(self.meeting.state, "none")

    @property
    def state(self) -> str:
        """`full` is said where no seat is left."""
        return "full" if self.is_full else self.meeting.state


def shown(meetings: Iterable[Meeting]) -> list[Shown]:
    """With two more queries for any number of them."""
    listed = list(meetings)
    resources = [one.resource_id for one in listed]
    live = Booking.objects.filter(resource__in=resources).live()
    used = dict(live.order_by().values_list("resource").annotate(n=Sum("quantity")))
    units = Unit.objects.filter(resource__in=resources, active=True)
    there = dict(units.order_by().values_list("resource").annotate(n=Count("pk")))
    waits = dict(
        Wish.objects.filter(resources__in=resources, state__in=("waiting", "offered"))
        .order_by().values_list("resources").annotate(n=Count("pk"))
    )  # fmt: skip
    return [
        Shown(meeting=one, waiting=waits.get(one.resource_id, 0),
              free=max(there.get(one.resource_id, 0) - used.get(one.resource_id, 0), 0))
        for one in listed
    ]  # fmt: skip


def one(meeting: Meeting) -> Shown:
    """One of them."""
    return shown([meeting])[0]


def people(meeting: Meeting) -> Sequence[SignUp]:
    """Everybody who signed up, in order."""
    rows = meeting.signups.filter(erased=None).select_related("booking", "wish__offer", "team")
    return list(rows)


def seats(meeting: Meeting) -> list[SignUp]:
    """Who has a seat, by nickname; a seat that waits for a guardian is not named yet."""
    return [one for one in people(meeting) if one.is_in and not one.lacks_consent]


def by_seat(booking: Booking) -> SignUp | None:
    """Whose seat it is, also where it came from the waiting list."""
    rows = SignUp.objects.select_related("meeting__place", "booking", "wish__offer", "team")
    return rows.filter(Q(booking=booking) | Q(wish__offer=booking), erased=None).first()
