"""Brings handovers on: claims what is due, sends it, asks what became of it, gives up at last."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import adapters, heard, later, parcels
from stadtkern.kernel.cases.handover.protocol import Adapter, NotHandedOver
from stadtkern.kernel.cases.models import BackOffice, Handover, HandoverEvent
from stadtkern.kernel.cases.models.case import ENDED
from stadtkern.kernel.cases.moves import locked

log = structlog.get_logger("handover")

# Seconds of one run: the next minute goes on.
BUDGET: Final = 45.0
# Who tries has so long for it; then another worker may. Longer than any try can take.
LEASE: Final = timedelta(minutes=15)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
# About three days of trying.
MOST_TRIES: Final = 20
# FIT-Connect refuses by itself what nobody fetched for 14 days; then we need no longer ask.
PATIENCE: Final = timedelta(days=16)
# So old at most -> asked so often. What is new in accepted ones is asked for all at once (news).
PACE: Final = (
    (timedelta(minutes=10), timedelta(seconds=30)),
    (timedelta(hours=2), timedelta(minutes=2)),
    (timedelta(days=1), timedelta(minutes=15)),
    (timedelta(days=400), timedelta(hours=2)),
)
PACE_ACCEPTED: Final = timedelta(hours=6)
OPEN: Final = ("waiting", "sent", "accepted")


class TakenOver(NotHandedOver):
    """Another worker has the case by now: this one changes nothing more."""


def run() -> str:
    """Everything that is due, the longest waiting first."""
    begun, count = time.monotonic(), 0
    _news()
    while time.monotonic() - begun < BUDGET and (claim := _claimed(_due())):
        _bring_on(claim)
        count += 1
    return f"{count} handovers brought on"


def attempt(number: int) -> str:
    """This one, unless somebody is at it or it is not due."""
    claim = _claimed(_due().filter(pk=number))
    if claim is None:
        return "nothing due"
    _bring_on(claim)
    return Handover.objects.values_list("state", flat=True).get(pk=number)


def _due() -> QuerySet[Handover]:
    return Handover.objects.filter(
        state__in=OPEN, closed=None, due__lte=clock.now(), back_office__enabled=True
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A handover that this worker has until `lease`, which nobody else has in `due`."""

    row: Handover
    lease: datetime

    def change(self, **fields: Any) -> None:
        """Change the row while it is still ours. Raises TakenOver."""
        mine = Handover.objects.filter(pk=self.row.pk, due=self.lease, closed=None)
        if not mine.update(**fields):
            raise TakenOver(_("Another worker has taken it over."))
        for name, value in fields.items():
            setattr(self.row, name, value)

    def keep(self, remote: str, *, case: str = "") -> None:
        """What a try has learned, committed before its next call."""
        self.change(remote=remote, remote_case=case, memory=self.row.memory)


def _claimed(rows: QuerySet[Handover]) -> Claim | None:
    """The one that waits longest, with `due` moved first: a crash costs a lease, not the case."""
    with transaction.atomic():
        row = (
            rows.order_by("due", "pk")
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("case__version__form", "case__service", "case__charge", "back_office",
                            "follows", "message").first()
        )  # fmt: skip
        if row is None:
            return None
        row.due = clock.now() + LEASE
        row.save(update_fields=["due"])
    return Claim(row=row, lease=row.due)


def _bring_on(claim: Claim) -> None:
    """Never raises: what one back office does to us must not hold up the others."""
    row = claim.row
    try:
        _one(claim)
    except TakenOver:
        log.warning("taken over", handover=row.pk)
    except NotHandedOver as problem:
        _failed(claim, str(problem), final=problem.final, after=problem.after)
    except Exception as error:
        log.exception("handover failed", handover=row.pk)
        _failed(claim, _("Fault of our own: %(why)s") % {"why": type(error).__name__})


def _one(claim: Claim) -> None:
    row = claim.row
    if row.state == "accepted" and row.case.state in ENDED:
        claim.change(closed=clock.now())
        return
    if row.state == "waiting" and not (_may_go(claim) and _begun(claim)):
        return
    adapter = adapters.adapter(row.back_office)
    if row.state == "waiting":
        _send(claim, adapter)
    _listen(claim, adapter)


def _may_go(claim: Claim) -> bool:
    """Whether what comes later may be told now; otherwise it waits, or nobody is to be told."""
    row = claim.row
    first = row.follows
    if first is None or later.may_go(row.kind, first):
        return True
    if first.closed is None or row.kind == "withdrawal":
        claim.change(due=clock.now() + _pace(row))
        return False
    if next_one := later.successor(first):
        claim.change(follows=next_one, back_office=next_one.back_office, due=clock.now())
        return False
    _note(row, "by_hand")
    claim.change(state="dead", closed=clock.now(), problem=_("The case is worked on by hand."))
    return False


def _begun(claim: Claim) -> bool:
    """Counts the try, unless the case was withdrawn by now.

    Who withdraws holds the case too, and sees this try or is seen by it: no case goes out that
    was withdrawn before, and whatever may have gone out is taken back over there as well.
    """
    row = claim.row
    with transaction.atomic():
        Handover.objects.select_for_update(no_key=True).get(pk=row.pk)
        row.case.state = locked(row.case_id).state
        gone = row.case.state == "withdrawn" and row.kind != "withdrawal"
        if gone or row.case.erased:
            _note(row, "withdrawn")
            claim.change(state="dead", closed=clock.now(),
                         problem=_("Withdrawn before it was sent."))  # fmt: skip
            return False
        claim.change(tries=F("tries") + 1)
    row.refresh_from_db(fields=["tries"])
    return True


def _send(claim: Claim, adapter: Adapter) -> None:
    row = claim.row
    if row.follows is not None and not row.remote:
        row.memory = {**later.memory_of(row.follows), **row.memory}
    remote = adapter.send(row.back_office, parcels.parcel(row), row.remote, row.memory, claim.keep)
    with transaction.atomic():
        claim.change(state="sent", sent=clock.now(), remote=remote, memory=row.memory, problem="")
        _note(row, "sent", key="sent")


def _listen(claim: Claim, adapter: Adapter) -> None:
    """Take in what it has said, and come back after a while."""
    row = claim.row
    for word in adapter.words(row.back_office, row.remote, row.memory):
        heard.take(row, word)
        adapter.done(row.back_office, word, row.memory)
    row.refresh_from_db(fields=["state", "closed", "answered"])
    if row.kind != "case" and row.state == "accepted":
        claim.change(closed=clock.now(), problem="")
    elif row.state in OPEN and row.closed is None:
        claim.change(due=clock.now() + _pace(row), memory=row.memory, problem="")
        _lost_patience(row)


def _pace(row: Handover) -> timedelta:
    if row.state == "accepted":
        return PACE_ACCEPTED
    age = clock.now() - (row.sent or row.created)
    return next((pause for oldest, pause in PACE if age < oldest), PACE_ACCEPTED)


def _lost_patience(row: Handover) -> None:
    if row.state == "sent" and row.sent and clock.now() - row.sent > PATIENCE:
        _give_up(row, _("Nobody fetched it over there for %(days)d days.")
                 % {"days": PATIENCE.days})  # fmt: skip


def _failed(claim: Claim, why: str, *, final: bool = False, after: int = 0) -> None:
    row = claim.row
    over = row.state == "waiting" and (final or row.tries >= MOST_TRIES)
    pause, before = max(_pause(row), timedelta(seconds=after)), row.problem
    try:
        claim.change(due=clock.now() + pause, problem=why[:500], memory=row.memory)
    except TakenOver:
        return
    if row.state == "waiting" or before != row.problem:
        _note(row, "failed", text=why)
    if over:
        _give_up(row, why)
    _lost_patience(row)


def _pause(row: Handover) -> timedelta:
    """Doubled with every try up to a cap, and spread so that not all come back at once."""
    if row.state != "waiting":
        return _pace(row)
    grown: timedelta = min(FIRST_PAUSE * 2 ** max(row.tries - 1, 0), LONGEST_PAUSE)
    spread: float = 0.75 + (row.pk * 37 % 100) / 200
    return grown * spread


def _give_up(row: Handover, why: str) -> None:
    """Onto the list where somebody has to look."""
    still = Handover.objects.filter(pk=row.pk, state__in=("waiting", "sent"))
    with transaction.atomic():
        if still.update(state="dead", problem=why[:500]):
            _note(row, "dead", text=why)


def _note(row: Handover, code: str, *, text: str = "", key: str = "") -> None:
    if key and HandoverEvent.objects.filter(handover=row, key=key).exists():
        return
    HandoverEvent.objects.create(handover=row, at=clock.now(), code=code, text=text[:500], key=key)


def _news() -> None:
    """Cases with something new are due at once."""
    for office in BackOffice.objects.filter(enabled=True, handovers__state="accepted").distinct():
        try:
            cases = list(adapters.adapter(office).news(office))
        except NotHandedOver as problem:
            log.warning("no news", office=office.slug, why=str(problem))
            continue
        except Exception:
            log.exception("no news", office=office.slug)
            continue
        look(office, cases)


def look(office: BackOffice, cases: list[str]) -> list[int]:
    """Handovers whose cases over there have something new, due from now on."""
    rows = Handover.objects.filter(
        back_office=office, remote_case__in=cases, state__in=("sent", "accepted"), closed=None,
        # Whoever is at one right now looks anyway.
        due__lt=clock.now() + PACE_ACCEPTED + LEASE,
    )  # fmt: skip
    numbers = list(rows.values_list("pk", flat=True))
    rows.filter(pk__in=numbers).update(due=clock.now())
    return numbers
