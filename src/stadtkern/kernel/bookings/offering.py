"""What becomes free goes to those who wait, in the order of asking, as a hold with a deadline."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django.db.models import F

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import hours, letters, ticks
from stadtkern.kernel.bookings.board import Board
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.events import WishOffered
from stadtkern.kernel.bookings.hours import DAY
from stadtkern.kernel.bookings.kinds import asleep, kind_of
from stadtkern.kernel.bookings.models import Booking, Resource, Wish
from stadtkern.kernel.bookings.picking import pick
from stadtkern.kernel.bookings.placing import Details, place
from stadtkern.kernel.bookings.turns import taken_in, turn_of
from stadtkern.kernel.bookings.wanted import PUBLIC, Person, Wanted
from stadtkern.kernel.contract import BookingKind
from stadtkern.kernel.events import publish
from stadtkern.kernel.things.series import city_zone

# What a hold that is an offer has as its source.
WAITING_LIST = "waiting list"
# The time to answer in runs by day only, by the city's clock.
MORNING, EVENING = time(8), time(20)
# Who would have less time than this to answer is not asked.
LEAST = timedelta(minutes=15)
# So far ahead is looked for those who wait, for so many of them in one pass.
AHEAD = timedelta(days=200)
MOST = 500
# So many slots are tried for one person; what is not to be had now is tried again by the job.
TRIES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """Who was offered a hold; `is_last` where nothing else was offered to them since."""

    wish: Wish
    is_last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Freed:
    """What became free, and the whole days whose turn the caller has."""

    begins: datetime
    ends: datetime
    window: tuple[datetime, datetime]

    def has(self, begins: datetime, ends: datetime) -> bool:
        """Whether a slot uses some of it and lies within the days."""
        touches = begins < self.ends and ends > self.begins
        return touches and self.window[0] <= begins and ends <= self.window[1]


def offer_free(
    resource_ids: Collection[int], begins: datetime, ends: datetime, *, freed: Freed | None = None
) -> int:
    """Offer what is free of these resources within a span; how many people were asked.

    With `freed` only slots that use what became free, for a caller who has the turn.
    """
    begins = max(begins, clock.now())
    wishes = _waiting(resource_ids, begins, ends) if begins < ends else []
    asked, seen = 0, _Seen(resource_ids, begins, min(ends, begins + AHEAD), wishes)
    for wish in wishes:
        for wanted in islice(seen.fitting(wish, freed), TRIES):
            if _offer(wish.pk, wanted):
                seen.is_old = True
                asked += 1
                break
    return asked


def _waiting(resource_ids: Collection[int], begins: datetime, ends: datetime) -> list[Wish]:
    """In the order of asking. Who would be better off with what they have is not asked."""
    rows = Wish.objects.filter(
        state="waiting", resources__in=resource_ids, earliest__lt=ends, latest__gt=begins
    ).exclude(asleep())
    rows = rows.exclude(replaces__isnull=False, replaces__begins__lte=F("earliest"))
    rows = rows.select_related("replaces").prefetch_related("resources")
    return list(rows.distinct().order_by("created", "id")[:MOST])


class _Seen:
    """What is free, looked at again only after something was given away."""

    def __init__(
        self, resource_ids: Collection[int], begins: datetime, ends: datetime,
        wishes: Sequence[Wish],
    ) -> None:  # fmt: skip
        self._resources = {
            one.pk: one for wish in wishes for one in wish.resources.all()
            if one.pk in set(resource_ids)
        }  # fmt: skip
        self._begins, self._ends = begins, ends
        self._longest = max((wish.minutes for wish in wishes), default=0)
        self._board: Board | None = None
        self.is_old = False

    def fitting(self, wish: Wish, freed: Freed | None) -> Iterator[Wanted]:
        """What this person could be offered, the earliest first."""
        latest = min(wish.latest, wish.replaces.begins) if wish.replaces else wish.latest
        mine = [self._resources[r.pk] for r in wish.resources.all() if r.pk in self._resources]
        found = self._whole(wish, mine) if not wish.minutes else self._slots(wish, mine)
        for resource, begins, ends in found:
            if begins < wish.earliest or ends > max(latest, wish.earliest) or begins in wish.passed:
                continue
            if freed is not None and not freed.has(begins, ends):
                continue
            if wish.weekdays and begins.astimezone(city_zone()).isoweekday() not in wish.weekdays:
                continue
            yield Wanted(resource=resource, begins=begins, ends=ends,
                         quantity=wish.quantity, skills=tuple(wish.skills))  # fmt: skip

    @staticmethod
    def _whole(
        wish: Wish, mine: Sequence[Resource]
    ) -> Iterator[tuple[Resource, datetime, datetime]]:
        yield from ((one, wish.earliest, wish.latest) for one in mine)

    def _slots(
        self, wish: Wish, mine: Sequence[Resource]
    ) -> list[tuple[Resource, datetime, datetime]]:
        board, lasts = self._look(), timedelta(minutes=wish.minutes)
        found = []
        for one in mine:
            if one.pk in board.columns:
                starts = board.starts(one.pk, wish.minutes, quantity=wish.quantity,
                                      skills=wish.skills)  # fmt: skip
                free = starts.mask & ticks.ones(
                    board.place(ticks.ceil(wish.earliest)), board.place(ticks.ceil(wish.latest))
                )
                found += [(ticks.at(board.base + bit), one) for bit in ticks.bits(free)]
        found.sort(key=lambda pair: (pair[0], pair[1].pk))
        return [(one, begins, begins + lasts) for begins, one in found]

    def _look(self) -> Board:
        if self._board is None or self.is_old:
            zone = city_zone()
            self._board = Board(
                list(self._resources.values()), self._begins.astimezone(zone).date() - DAY,
                self._ends.astimezone(zone).date() + DAY, self._longest,
                now=clock.now(), side=PUBLIC,
            )  # fmt: skip
            self.is_old = False
        return self._board


def _offer(wish_id: int, wanted: Wanted) -> bool:
    """Hold this for one who waits, and tell them; False where it is gone, or they are asked."""
    return taken_in([turn_of(wanted)], lambda: _offered(wish_id, wanted))


def _offered(wish_id: int, wanted: Wanted) -> bool:
    # Whom somebody else is offering something at this moment is passed over.
    rows = Wish.objects.select_for_update(of=("self",), skip_locked=True)
    wish = rows.filter(pk=wish_id, state="waiting").first()
    now = clock.now()
    if wish is None:
        return False
    until = answer_by(kind_of(wish.kind), now, wanted.begins)
    if until - now < LEAST:
        return False
    try:
        wish.offer = place(wanted, pick(wanted, now), _details(wish, until))
    except Refused:
        return False
    wish.state, wish.offers = "offered", wish.offers + 1
    wish.save(update_fields=["offer", "state", "offers"])
    publish(WishOffered(wish=wish.pk, kind=wish.kind))
    letters.offer(wish)
    return True


def _details(wish: Wish, until: datetime) -> Details:
    return Details(
        kind=wish.kind, state="held", hold_until=until, source=WAITING_LIST,
        key=f"wish:{wish.pk}:{wish.offers + 1}", subject=wish.subject, properties=wish.properties,
        person=Person(name=wish.name, email=wish.email, phone=wish.phone, language=wish.language),
    )  # fmt: skip


def offered_by(booking: Booking) -> Offered | None:
    """The wish that a hold of the waiting list answers; None where it is no such hold."""
    named, number, count = [*booking.key.split(":"), "", "", ""][:3]
    if booking.source != WAITING_LIST or named != "wish":
        return None
    wish = Wish.objects.filter(pk=int(number)).first()
    return Offered(wish=wish, is_last=wish.offers == int(count)) if wish is not None else None


def answer_by(kind: BookingKind, now: datetime, begins: datetime) -> datetime:
    """Until when an offer stands: so long of the day's hours, and not beyond its beginning."""
    zone, left, at = city_zone(), kind.offer_for, now
    while left > timedelta():
        day = at.astimezone(zone).date()
        opens, closes = (hours.instant(zone, day, one) for one in (MORNING, EVENING))
        at = max(at, opens)
        spent = min(left, max(closes - at, timedelta()))
        left, at = left - spent, at + spent
        if left:
            at = hours.instant(zone, day + DAY, MORNING)
    return min(at, begins)


def let_go(booking: Booking) -> None:
    """An offer that was not taken: who waited was asked in vain, and may be asked again."""
    rows = Wish.objects.select_for_update(of=("self",)).filter(offer=booking, state="offered")
    wish = rows.first()
    if wish is None:
        return
    most = kind_of(wish.kind).most_offers
    wish.state = "over" if wish.offers >= most else "waiting"
    wish.passed = [*wish.passed, booking.begins]
    wish.save(update_fields=["state", "passed"])
