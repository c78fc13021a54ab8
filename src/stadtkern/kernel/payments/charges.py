"""What systems do about money: charge, cancel, pay back, take money at the counter."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError
from django.db import transaction as database
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments import books, references
from stadtkern.kernel.payments.models import Charge, Item, Provider, Refund, Transaction
from stadtkern.kernel.payments.models.charge import POLICIES
from stadtkern.kernel.payments.problems import ChargeProblem, NotOpen, NotPaid
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.rows import changed, locked
from stadtkern.kernel.payments.settle import learn

# XBezahldienste 1.0: purpose, items, and the highest amount of a payment, here in cents.
PURPOSE: Final = re.compile(r"[A-Za-z0-9 -]{1,27}")
MOST_LINES: Final = 99
MOST_CENTS: Final = 99_999_900
MOST_PIECES: Final = 999_999
SPELT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)
COUNTER: Final = "counter"
METHODS_AT_COUNTER: Final = ("cash", "girocard")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a charge. `cents` is its gross amount for all pieces, `tax_rate` per mille.

    `budget` says who earns it, `booking` is what the budget system wants to know (`bookingData`).
    Lines are kept for ten years: no name of a person belongs in them.
    """

    text: str
    cents: int
    quantity: int = 1
    tax_rate: int = 0
    budget: str = ""
    reference: str = ""
    booking: Mapping[str, str] = field(default_factory=dict)

    @property
    def tax_cents(self) -> int:
        """The tax that is inside of the gross amount, rounded half up."""
        whole = 1000 + self.tax_rate
        return (2 * self.cents * self.tax_rate + whole) // (2 * whole)


def charge(
    *, kind: str, subject: str, lines: Sequence[Line], purpose: str, description: str = "",
    policy: str = "upfront", payer: str = "", email: str = "", language: str = "de",
    back: str = "", due: datetime | None = None, key: str = "", invented: bool = False,
) -> Charge:  # fmt: skip
    """A charge with its entry in the books; with `key` the same one however often it is asked for.

    `purpose` stands on the payer's bank statement: `{reference}` in it becomes the Kassenzeichen,
    umlauts are spelt out, and what comes of it has at most 27 letters, digits, spaces, hyphens.
    `back` is a path of this site. Raises ChargeProblem.
    """
    if key and (known := Charge.objects.filter(kind=kind, key=key).first()):
        return known
    _check_lines(lines)
    _check(policy in POLICIES, f"policy: {policy}")
    _check(not back or (back.startswith("/") and not back.startswith("//")), f"back: {back}")
    reference = references.new()
    row = Charge(
        kind=kind, subject=subject, key=key, reference=reference,
        purpose=expanded(purpose, reference), description=description[:250], policy=policy,
        cents=sum(line.cents for line in lines), payer=payer, email=email, language=language,
        back=back, due=due, invented=invented,
    )  # fmt: skip
    try:
        with database.atomic():
            row.save(force_insert=True)
            books.charged(row, _items(row, lines))
    except IntegrityError:
        # Somebody asked for the same one a moment earlier.
        if key and (known := Charge.objects.filter(kind=kind, key=key).first()):
            return known
        raise
    return row


def expanded(purpose: str, reference: str) -> str:
    """The purpose as the bank gets it. Raises ChargeProblem where it is too long for that."""
    text = purpose.replace("{reference}", reference).translate(SPELT).strip()
    _check(bool(PURPOSE.fullmatch(text)), f"purpose: “{text}” ({len(text)} of 27 characters)")
    return text


def _check_lines(lines: Sequence[Line]) -> None:
    _check(1 <= len(lines) <= MOST_LINES, f"{len(lines)} lines, 1 to {MOST_LINES} are possible")
    for line in lines:
        _check(0 < len(line.text) <= 250, f"text of a line: {line.text[:40]}")
        _check(line.cents >= 0 and line.tax_rate >= 0, f"amount of “{line.text[:40]}”")
        _check(1 <= line.quantity <= MOST_PIECES, f"quantity of “{line.text[:40]}”")
        _check(len(line.reference) <= 36, f"reference: {line.reference}")
    cents = sum(line.cents for line in lines)
    _check(0 < cents <= MOST_CENTS, f"{cents} cents, 1 to {MOST_CENTS} are possible")


def _check(right: bool, what: str) -> None:
    if not right:
        raise ChargeProblem(f"No charge can be made like this – {what}.")


def _items(row: Charge, lines: Sequence[Line]) -> list[Item]:
    return Item.objects.bulk_create(
        Item(
            charge=row, number=number, text=line.text, reference=line.reference,
            quantity=line.quantity, cents=line.cents, tax_cents=line.tax_cents,
            tax_rate=line.tax_rate, budget=line.budget, booking=dict(line.booking),
        )
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip


def page(charge: Charge) -> str:
    """The path of the page where this charge is paid, in the payer's language."""
    with override(charge.language):
        return reverse("payments:start", args=[charge.token])


def address(charge: Charge, name: str = "payments:start", *more: Any) -> str:
    """The full address of one of the payer's pages, for mails and providers."""
    with override(charge.language):
        return f"{base()}{reverse(name, args=[charge.token, *more])}"


def base() -> str:
    """The address under which people reach the city."""
    web = registry.city().web
    given = web.address or os.environ.get("STADTKERN_ADDRESS", "")
    return given.rstrip("/") or f"{'https' if web.https else 'http'}://{web.hosts[0]}"


def cancel(charge: Charge, reason: str) -> Charge:
    """Nothing is owed any more; a second time changes nothing. Raises NotOpen where it is paid.

    Money that is on its way all the same is kept as surplus and paid back.
    """
    with database.atomic():
        row = locked(charge.pk)
        if row.state == "cancelled":
            return row
        if row.state != "open":
            raise NotOpen(_("This charge is paid. Pay the money back instead."))
        row.state, row.closed = "cancelled", clock.now()
        row.save(update_fields=["state", "closed"])
        books.cancelled(row, reason)
        changed(row, "open")
    return row


def refund(charge: Charge, cents: int, reason: str, *, key: str = "") -> Refund:
    """Pay back so many cents of a paid charge; with `key` only once. Raises NotPaid.

    The books say at once that it is owed; the money is sent by a job within a minute.
    """
    with database.atomic():
        row = locked(charge.pk)
        payment = row.transactions.filter(state="booked", surplus=False).first()
        if payment is None:
            raise NotPaid(_("This charge is not paid, so there is nothing to pay back."))
        if key and (known := payment.refunds.filter(key=key).first()):
            return known
        left = row.cents - row.refunded_cents
        if not 0 < cents <= left:
            raise NotPaid(_("At most %(left)s cents can be paid back.") % {"left": left})
        made = Refund.objects.create(transaction=payment, cents=cents, reason=reason[:250], key=key)
        books.promised(row, made, row.refunded_cents)
        row.refunded_cents += cents
        if row.refunded_cents == row.cents:
            row.state, row.closed = "refunded", clock.now()
        row.save(update_fields=["refunded_cents", "state", "closed"])
        changed(row, "paid")
    return made


def pay_at_counter(charge: Charge, actor: Any, method: str) -> Transaction:
    """Note that the whole amount was paid at a counter, `cash` or by `girocard`.

    Raises NotOpen: it is paid or cancelled already.
    """
    _check(method in METHODS_AT_COUNTER, f"method: {method}")
    with database.atomic():
        row = locked(charge.pk)
        if row.state != "open":
            raise NotOpen(_("This charge is not open any more."))
        provider, _new = Provider.objects.get_or_create(
            slug=COUNTER, defaults={"title": "Schalter", "adapter": COUNTER, "weight": 90}
        )
        made = Transaction.objects.create(charge=row, provider=provider, cents=row.cents)
        learn(made.pk, Outcome(state="booked", cents=row.cents, method=method))
        record(actor, "payments.counter", charge, method=method, cents=row.cents)
        made.refresh_from_db()
    return made
