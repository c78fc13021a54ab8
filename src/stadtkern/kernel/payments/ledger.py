"""The only way into the books: one entry per event, which adds up, and is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction as database
from django.db.models import QuerySet, Sum

from stadtkern.kernel.payments.models import Charge, Entry, Posting, Refund, Transaction


class DoesNotAddUp(ValueError):
    """Debit and credit of an entry differ; a mistake in the program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """So many cents on one account: positive is debit, negative credit."""

    account: str
    cents: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What an account holds; positive is debit."""

    account: str
    detail: str
    cents: int


def write(
    key: str, text: str, postings: Sequence[Post], *, charge: Charge | None = None,
    transaction: Transaction | None = None, refund: Refund | None = None,
) -> bool:  # fmt: skip
    """Write an entry in the caller's transaction; False where `key` was written before.

    Postings of no cents are left out. Raises DoesNotAddUp.
    """
    kept = [one for one in postings if one.cents]
    if len(kept) < 2 or sum(one.cents for one in kept) != 0:
        raise DoesNotAddUp(f"{key}: {[(one.account, one.cents) for one in kept]}")
    with database.atomic():
        entry, new = Entry.objects.get_or_create(
            key=key,
            defaults={"text": text[:250], "charge": charge, "transaction": transaction,
                      "refund": refund},
        )  # fmt: skip
        if new:
            Posting.objects.bulk_create(
                [
                    Posting(entry=entry, account=p.account, detail=p.detail[:80], cents=p.cents)
                    for p in kept
                ]
            )
    return new


def balances(postings: QuerySet[Posting] | None = None) -> list[Balance]:
    """Accounts with what is on them, those that are even left out; all of it adds up to nothing."""
    rows = Posting.objects.all() if postings is None else postings
    sums = rows.order_by().values("account", "detail").annotate(sum=Sum("cents"))
    found = [Balance(account=r["account"], detail=r["detail"], cents=r["sum"]) for r in sums]
    return sorted((b for b in found if b.cents), key=lambda b: (b.account, b.detail))


def on(account: str, detail: str | None = None) -> int:
    """What is on one account, or on one part of it, in cents."""
    rows = Posting.objects.filter(account=account)
    if detail is not None:
        rows = rows.filter(detail=detail)
    return rows.aggregate(sum=Sum("cents"))["sum"] or 0
