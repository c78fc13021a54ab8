"""Refunds that no provider can send: one person checks them, another one notes them as paid."""

import json
from dataclasses import dataclass
from typing import Final

from django.db import transaction as database
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments import books
from stadtkern.kernel.payments.ledger import Post
from stadtkern.kernel.payments.models import Charge, Refund, Transaction
from stadtkern.kernel.payments.problems import FourEyes, NotPaid, PaymentProblem
from stadtkern.kernel.payments.providers.invoice import is_iban
from stadtkern.kernel.payments.settle import done, locked_refund
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sealing import seal, unseal

WAITS: Final = ("manual", "failed")


@dataclass(frozen=True, kw_only=True, slots=True)
class BankAccount:
    """Where money goes back to. Empty where nobody has told."""

    iban: str = ""
    holder: str = ""

    @property
    def spaced(self) -> str:
        """The IBAN in groups of four, as it is read."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))


def waiting() -> QuerySet[Refund]:
    """What people have to pay back, the oldest first."""
    rows = Refund.objects.filter(state__in=WAITS).order_by("created", "pk")
    return rows.select_related("transaction__charge", "transaction__provider", "checked_by")


def is_cash(refund: Refund) -> bool:
    """Whether it is handed back at the counter, so that no account is needed."""
    return refund.transaction.provider.adapter == "counter"


def account_of(refund: Refund) -> BankAccount:
    """What somebody entered for this refund, else where the payment came from."""
    sealed = refund.account or refund.transaction.account
    return BankAccount(**json.loads(unseal(sealed))) if sealed else BankAccount()


def sealed(account: BankAccount) -> bytes:
    """An account as it is kept."""
    return seal(json.dumps({"iban": account.iban, "holder": account.holder}))


def came_from(payment: Transaction, account: BankAccount) -> None:
    """Keep where a payment came from, so that it can go back there."""
    if is_iban(account.iban):
        Transaction.objects.filter(pk=payment.pk).update(account=sealed(account))


def needs_two(refund: Refund) -> bool:
    """Whether another person must have checked it."""
    return refund.cents >= registry.city().payments.two_people_from_cents


def check(number: int, who: Account, account: BankAccount) -> Refund:
    """Reason, amount and account are right; whoever changes the account checks it anew.

    Raises NotPaid: nobody waits for that. PaymentProblem: the IBAN is wrong.
    """
    bare = account.iban.replace(" ", "").upper()
    with database.atomic():
        _charge, row = _waiting_row(number)
        if not is_cash(row):
            if not is_iban(bare):
                raise PaymentProblem(_("This is no IBAN. Please check it digit by digit."))
            row.account = sealed(BankAccount(iban=bare, holder=account.holder.strip()[:140]))
        row.checked, row.checked_by = clock.now(), who
        row.save(update_fields=["account", "checked", "checked_by"])
        record(who, "payments.checked", row, cents=row.cents)
    return row


def paid(number: int, who: Account) -> Refund:
    """The treasury has paid it; a second time changes nothing.

    Raises FourEyes: it was not checked, or by the same person. NotPaid: the provider pays it.
    """
    with database.atomic():
        charge, row = locked_refund(number)
        if row.state == "done":
            return row
        charge, row = _waiting_row(number)
        if needs_two(row):
            _check_four_eyes(row, who)
        elif row.checked_by_id == who.pk:
            row.checked_by = None
        row.noted_by = who
        _returned(charge, row)
        record(who, "payments.returned", row, cents=row.cents)
    return row


def seen_by_bank(number: int, actor: object) -> Refund:
    """The bank's file shows the money leaving the account: that is proof enough."""
    with database.atomic():
        charge, row = locked_refund(number)
        if row.state != "done":
            charge, row = _waiting_row(number)
            _returned(charge, row)
            record(actor, "payments.returned", row, cents=row.cents)
    return row


def again(number: int, who: Account) -> bool:
    """Let the provider try once more; False where nothing has failed."""
    with database.atomic():
        failed = Refund.objects.filter(pk=number, state="failed")
        asked = failed.update(
            state="wanted", tries=0, asked=None, checked=None, checked_by=None, account=None
        )
        if asked:
            row = Refund.objects.get(pk=number)
            record(who, "payments.again", row, cents=row.cents)
    return bool(asked)


def _waiting_row(number: int) -> tuple[Charge, Refund]:
    charge, row = locked_refund(number)
    if row.state not in WAITS:
        raise NotPaid(_("The provider pays this refund. There is nothing to do by hand."))
    return charge, row


def _check_four_eyes(row: Refund, who: Account) -> None:
    if row.checked is None:
        raise FourEyes(_("Somebody has to check amount and account first."))
    if row.checked_by_id == who.pk:
        raise FourEyes(_("You have checked this refund. Another person notes it as paid."))


def _returned(charge: Charge, row: Refund) -> None:
    source = books.held(row.transaction.provider, -row.cents)
    if not is_cash(row):
        source = Post(account="bank", cents=-row.cents)
    row.state = "done"
    done(charge, row, source)
    row.save(update_fields=["state", "done", "noted_by", "checked_by"])
