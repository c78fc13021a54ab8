"""Takes the bank's movements into the books: invoices paid, payouts, refunds by hand, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction as database
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments import by_hand, references
from stadtkern.kernel.payments.by_hand import BankAccount
from stadtkern.kernel.payments.ledger import Post, write
from stadtkern.kernel.payments.models import (
    Charge,
    Difference,
    Entry,
    Provider,
    Refund,
    Statement,
    Transaction,
)
from stadtkern.kernel.payments.problems import NotOpen
from stadtkern.kernel.payments.providers.call import setting
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.reconcile.bank_file import BankLine
from stadtkern.kernel.payments.settle import learn

TRANSFER = "transfer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a file's movements, by how many."""

    paid: int = 0
    payouts: int = 0
    returned: int = 0
    unknown: int = 0
    known: int = 0


def take(lines: Sequence[BankLine], actor: Any, name: str) -> Taken:
    """Each movement once, however often its file is taken; one transaction per movement."""
    counts: dict[str, int] = {}
    for line in lines:
        with database.atomic():
            became = _one(line, actor)
        counts[became] = counts.get(became, 0) + 1
    days = [line.day for line in lines]
    Statement.objects.update_or_create(
        key=f"bank:{name}"[:120],
        defaults={"day": max(days), "lines": len(lines), "taken": clock.now(),
                  "cents": sum(line.cents for line in lines)},
    )  # fmt: skip
    record(actor, "payments.bank", f"bank:{name}"[:200], **counts)
    return Taken(**counts)


def _one(line: BankLine, actor: Any) -> str:
    if Entry.objects.filter(key=_key(line)).exists():
        return "known"
    if Transaction.objects.filter(their_id=line.number, provider__adapter="invoice").exists():
        return "known"
    if Refund.objects.filter(their_id=line.number[:120]).exists():
        return "known"
    found = references.found_in(line.text)
    charge = Charge.objects.filter(reference__in=found).first()
    if line.cents > 0 and charge is not None:
        _paid(charge, line.number, line.cents, BankAccount(iban=line.iban, holder=line.holder))
        return "paid"
    if line.cents < 0 and charge is not None and (refund := _by_hand(charge, line)):
        by_hand.seen_by_bank(refund.pk, actor)
        # So that the same file does not find another refund of the same sum.
        Refund.objects.filter(pk=refund.pk).update(their_id=line.number[:120])
        return "returned"
    if provider := _payer(line):
        write(_key(line), f"{provider.title}: {line.text}",
              [Post(account="bank", cents=line.cents),
               Post(account="provider", detail=provider.slug, cents=-line.cents)])  # fmt: skip
        return "payouts"
    return _unknown(line)


def _key(line: BankLine) -> str:
    return f"bank:{line.number}"[:120]


def _paid(charge: Charge, number: str, cents: int, account: BankAccount) -> None:
    """The charge's own invoice where it has one that waits, else a payment that came unasked."""
    row = charge.transactions.filter(provider__adapter="invoice", state="started").first()
    if row is None:
        row = Transaction.objects.create(charge=charge, provider=_invoices(), cents=charge.cents)
    row.their_id = number[:120]
    row.save(update_fields=["their_id"])
    learn(row.pk, Outcome(state="booked", cents=cents, method=TRANSFER))
    by_hand.came_from(row, account)


def _invoices() -> Provider:
    known = Provider.objects.filter(adapter="invoice").first()
    return known or Provider.objects.create(
        slug=TRANSFER, title="Überweisung", adapter="invoice", active=False, weight=80
    )


def _by_hand(charge: Charge, line: BankLine) -> Refund | None:
    """The refund that left the account: one that waits, or was noted before the file came.

    What was noted stands in the books already, so the file must not write it once more.
    """
    rows = Refund.objects.filter(transaction__charge=charge, cents=-line.cents, their_id="")
    rows = rows.exclude(transaction__provider__adapter="counter")
    noted = rows.filter(state="done").order_by("done").first()
    return noted or rows.filter(state__in=by_hand.WAITS).order_by("created").first()


def _payer(line: BankLine) -> Provider | None:
    """The provider whose payouts carry these words."""
    for provider in Provider.objects.exclude(adapter__in=("invoice", "counter")):
        words = setting(provider, "payout")
        if words and words.lower() in line.text.lower():
            return provider
    return None


def _unknown(line: BankLine) -> str:
    write(_key(line), line.text or _("Movement of the account"),
          [Post(account="bank", cents=line.cents),
           Post(account="difference", detail="bank", cents=-line.cents)])  # fmt: skip
    Difference.objects.get_or_create(
        key=_key(line)[:160],
        defaults={"kind": "bank_unknown", "day": line.day, "theirs": line.cents,
                  "text": line.text[:300]},
    )  # fmt: skip
    return "unknown"


def assign(number: int, charge: Charge, actor: Any) -> Transaction:
    """Say which charge an unknown credit on the account belongs to.

    Raises NotOpen: it was cleared already, or is no credit.
    """
    with database.atomic():
        row = Difference.objects.select_for_update().get(pk=number)
        if row.cleared or row.kind != "bank_unknown" or (row.theirs or 0) <= 0:
            raise NotOpen(_("This was cleared up already."))
        cents = row.theirs or 0
        write(f"assign:{row.pk}", f"{charge.reference}: {row.text}",
              [Post(account="difference", detail="bank", cents=cents),
               Post(account="bank", cents=-cents)], charge=charge)  # fmt: skip
        _paid(charge, f"assigned-{row.pk}", cents, BankAccount())
        row.cleared, row.charge = clock.now(), charge
        row.note = _("Belongs to %(reference)s") % {"reference": charge.reference}
        row.save(update_fields=["cleared", "charge", "note"])
        record(actor, "payments.assign", row, charge=charge.pk)
    return Transaction.objects.get(their_id=f"assigned-{row.pk}")


def clear(number: int, note: str, actor: Any) -> None:
    """Somebody has looked into a difference and says what it was."""
    with database.atomic():
        row = Difference.objects.select_for_update().get(pk=number)
        if row.cleared is None:
            row.cleared, row.note = clock.now(), note[:300]
            row.save(update_fields=["cleared", "note"])
            record(actor, "payments.clear", row, note=note[:300])
