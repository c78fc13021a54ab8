"""Bills as partners got them: sealed, taken back by a credit and never changed."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.models.transaction import Transaction


class IssuedBill(models.Model):
    """The `nth` bill of a session. One with `credits` takes that one back, with its own amounts.

    `lines` are as in `Transaction.price`; `periods` are its stretches as
    [begin in ISO 8601, kWh, hours, parks].
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="bills")
    nth = models.PositiveSmallIntegerField()
    credits = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credited"
    )
    made = models.DateTimeField(default=clock.now)
    started = models.DateTimeField()
    ended = models.DateTimeField()
    wh = models.BigIntegerField()
    net_cents = models.IntegerField()
    gross_cents = models.IntegerField()
    lines = models.JSONField()
    periods = models.JSONField()
    remark = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = _("issued bill")
        verbose_name_plural = _("issued bills")
        ordering = ("made", "pk")
        indexes = [models.Index(fields=["made", "id"], name="charging_bill_made")]
        constraints = [
            models.UniqueConstraint(fields=["transaction", "nth"], name="charging_bill_nth")
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id}/{self.nth}"
