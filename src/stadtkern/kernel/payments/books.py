"""Which entry each event makes: charged, cancelled, paid, to be paid back, paid back."""

from collections.abc import Iterable

from stadtkern.kernel.payments.ledger import Post, write
from stadtkern.kernel.payments.models import Charge, Item, Posting, Provider, Refund, Transaction

# Adapters whose money is on the city's own account from the first moment.
STRAIGHT = frozenset(("invoice",))


def held(provider: Provider, cents: int) -> Post:
    """The account on which a provider's money is."""
    if provider.adapter in STRAIGHT:
        return Post(account="bank", cents=cents)
    return Post(account="provider", detail=provider.slug, cents=cents)


def charged(charge: Charge, items: Iterable[Item]) -> None:
    """The charge is owed, and earned by the budgets of its items (Sollstellung)."""
    earned: dict[tuple[str, str], int] = {}
    for item in items:
        for account, detail, cents in (
            ("revenue", item.budget, item.cents - item.tax_cents),
            ("tax", str(item.tax_rate), item.tax_cents),
        ):
            earned[account, detail] = earned.get((account, detail), 0) + cents
    told = charge.purpose.replace(charge.reference, "").strip()
    write(
        f"charge:{charge.pk}", f"{charge.reference}: {told}",
        [Post(account="receivable", cents=charge.cents),
         *(Post(account=a, detail=d, cents=-cents) for (a, d), cents in earned.items())],
        charge=charge,
    )  # fmt: skip


def cancelled(charge: Charge, reason: str) -> None:
    """Nothing is owed any more, and nothing earned."""
    write(
        f"cancel:{charge.pk}", f"{charge.reference}: {reason}",
        [Post(account="receivable", cents=-charge.cents), *_unearned(charge, 0, charge.cents)],
        charge=charge,
    )  # fmt: skip


def paid(charge: Charge, row: Transaction) -> None:
    """What was owed is with the provider (Ist-Buchung)."""
    assert row.received is not None
    write(
        f"paid:{row.pk}", f"{charge.reference}: {row.method or row.provider.title}",
        [held(row.provider, row.received), Post(account="receivable", cents=-row.received)],
        charge=charge, transaction=row,
    )  # fmt: skip


def surplus(charge: Charge, row: Transaction) -> None:
    """Money came that nobody owed: it is to be paid back."""
    assert row.received is not None
    write(
        f"paid:{row.pk}", f"{charge.reference}: {row.problem}",
        [held(row.provider, row.received), Post(account="owed", cents=-row.received)],
        charge=charge, transaction=row,
    )  # fmt: skip


def promised(charge: Charge, refund: Refund, before: int) -> None:
    """A part of what was earned is to be paid back; `before` cents went back earlier."""
    write(
        f"refund:{refund.pk}", f"{charge.reference}: {refund.reason}",
        [*_unearned(charge, before, before + refund.cents),
         Post(account="owed", cents=-refund.cents)],
        charge=charge, transaction=refund.transaction, refund=refund,
    )  # fmt: skip


def returned(charge: Charge, refund: Refund, source: Post) -> None:
    """What was to be paid back has left the account in `source`."""
    write(
        f"returned:{refund.pk}", f"{charge.reference}: {refund.reason}",
        [Post(account="owed", cents=refund.cents), source],
        charge=charge, transaction=refund.transaction, refund=refund,
    )  # fmt: skip


def _unearned(charge: Charge, before: int, after: int) -> list[Post]:
    """Income and tax in their shares, so that all parts together undo the charge to the cent."""
    rows = Posting.objects.filter(entry__key=f"charge:{charge.pk}", cents__lt=0).order_by("id")
    posts, sum_, done = [], 0, 0
    for row in rows:
        sum_ += -row.cents
        upto = after * sum_ // charge.cents - before * sum_ // charge.cents
        posts.append(Post(account=row.account, detail=row.detail, cents=upto - done))
        done = upto
    return posts
