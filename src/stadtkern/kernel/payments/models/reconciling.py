"""What providers and the bank say of a day, and where that differs from our books."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models.charge import Charge
from stadtkern.kernel.payments.models.provider import Provider
from stadtkern.kernel.payments.models.transaction import Refund, Transaction

DIFFERENCES = {
    "missing": _("paid here, not with the provider"),
    "unknown": _("paid with the provider, not known here"),
    "open": _("paid with the provider, still open here"),
    "amount": _("another amount"),
    "refund_missing": _("paid back here, not with the provider"),
    "refund_unknown": _("paid back by the provider, not known here"),
    "bank_unknown": _("on the bank account, without a charge"),
}


class Statement(models.Model):
    """One day of a provider, or one file of the bank (`provider` empty), as it was compared."""

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="statements"
    )
    day = models.DateField()
    # A bank file's own number, so that the same file counts once.
    key = models.CharField(max_length=120, unique=True)
    lines = models.PositiveIntegerField(default=0)
    cents = models.BigIntegerField(default=0)
    fees = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    taken = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("-day", "-id")

    def __str__(self) -> str:
        return self.key


class Difference(models.Model):
    """One thing that does not agree. It stays until the books agree or somebody clears it."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20, choices=list(DIFFERENCES.items()))
    day = models.DateField()
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    charge = models.ForeignKey(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    ours = models.BigIntegerField(null=True, blank=True)
    theirs = models.BigIntegerField(null=True, blank=True)
    text = models.CharField(max_length=300, blank=True)
    found = models.DateTimeField(default=clock.now)
    cleared = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("-day", "-id")
        indexes = [
            models.Index(
                fields=["day"], condition=Q(cleared__isnull=True), name="payments_difference_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(DIFFERENCES)), name="payments_difference_kind"
            )
        ]

    def __str__(self) -> str:
        return self.key
