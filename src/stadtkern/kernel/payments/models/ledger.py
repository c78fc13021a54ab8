"""The double-entry ledger: every entry's postings add up to nothing, and none is ever changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models.charge import Charge
from stadtkern.kernel.payments.models.transaction import Refund, Transaction

ACCOUNTS = {
    # Debit grows what the city has or is owed, credit what it earned or owes.
    "receivable": _("owed to the city"),
    "provider": _("held by payment providers"),
    "bank": _("on the city's account"),
    "revenue": _("income"),
    "tax": _("value added tax"),
    "fees": _("fees of providers"),
    "owed": _("to be paid back"),
    "difference": _("to be cleared up"),
}


class Entry(models.Model):
    """One event in the books, with two postings or more. `key` lets it be written only once."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)
    text = models.CharField(max_length=250)
    charge = models.ForeignKey(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("entries of the ledger")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text


class Posting(models.Model):
    """So many cents on one account: positive is debit, negative credit."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=20, choices=list(ACCOUNTS.items()))
    # A provider's slug, a budget, an operator: what the account is split by.
    detail = models.CharField(max_length=80, blank=True)
    cents = models.BigIntegerField()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ("entry", "id")
        indexes = [models.Index(fields=["account", "detail"], name="payments_posting_account")]
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="payments_posting_is_of_money"),
            models.CheckConstraint(
                condition=Q(account__in=list(ACCOUNTS)), name="payments_posting_account_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.cents}"
