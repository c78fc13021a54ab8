"""The coins of a machine are fetched and counted: what the books say, what there was, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments.ledger import Post, on, write
from stadtkern.kernel.payments.models import Entry
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.logic import entries
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Machine


@dataclass(frozen=True, kw_only=True, slots=True)
class Emptied:
    """One emptying: what was counted, and by how much the books said more (or less: negative)."""

    at: datetime
    counted: int
    missing: int
    note: str


def booked(machine: Machine) -> int:
    """Cents that lie in it by the books."""
    return on("provider", entries.coins_in(machine.number))


def empty(machine: Machine, counted: int, note: str, who: Account, *, seen: int) -> bool:
    """The counted coins go to the bank; what is missing is to be cleared up. Raises Refused.

    `seen` is how many emptyings there were before: the same one told twice is booked once (False).
    """
    with transaction.atomic():
        Machine.objects.select_for_update().get(pk=machine.pk)
        done = _entries(machine).count()
        if done > seen:
            return False
        missing = booked(machine) - counted
        if missing and not note.strip():
            told = _("This is not what the books say. Say why in the note.")
            raise Refused("note", "missing", told)
        if not counted and not missing:
            raise Refused("counted", "nothing", _("There is nothing in it by the books."))
        _book(machine, done + 1, counted, missing, note.strip())
        record(who, "parking_tickets.machine_emptied", machine, cents=counted, missing=missing)
    return True


def _book(machine: Machine, number: int, counted: int, missing: int, note: str) -> None:
    write(
        f"{_prefix(machine)}{number}", note,
        [Post(account="bank", cents=counted),
         Post(account="difference", detail=entries.coins_in(machine.number), cents=missing),
         Post(account="provider", detail=entries.coins_in(machine.number),
              cents=-counted - missing)],
    )  # fmt: skip


def count(machine: Machine) -> int:
    """How often it was emptied."""
    return _entries(machine).count()


def past(machine: Machine) -> Sequence[Emptied]:
    """The last emptyings, the newest first."""
    rows = _entries(machine).order_by("-pk").prefetch_related("postings")[:12]
    return [_told(one) for one in rows]


def _told(one: Entry) -> Emptied:
    sums = {post.account: post.cents for post in one.postings.all()}
    return Emptied(at=one.at, counted=sums.get("bank", 0), missing=sums.get("difference", 0),
                   note=one.text)  # fmt: skip


def _entries(machine: Machine) -> QuerySet[Entry]:
    return Entry.objects.filter(key__startswith=_prefix(machine))


def _prefix(machine: Machine) -> str:
    return f"parking-coins:{machine.pk}:"
