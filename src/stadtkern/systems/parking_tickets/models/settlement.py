"""What a provider owes the city for a month."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.models.operator import Operator


class Settlement(models.Model):
    """One operator's month, closed: later changes of its rights go into the next one.

    `month` is its first day in the city's time. `sessions` counts the rights begun in it,
    `cents` sums what was charged less what was given back; `statement` has it by zone. `paid` is
    when the operator's money came, `note` says why it was another amount.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="settlements")
    month = models.DateField()
    number = models.CharField(max_length=40, unique=True)
    sessions = models.PositiveIntegerField()
    charged_cents = models.BigIntegerField()
    returned_cents = models.BigIntegerField()
    cents = models.BigIntegerField()
    statement = models.JSONField(default=dict)
    closed = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    paid = models.DateTimeField(null=True, blank=True)
    paid_cents = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ("-month", "operator")
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "month"], name="parking_tickets_one_settlement_a_month"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="parking_tickets_settlement_of_a_month"
            ),
        ]

    def __str__(self) -> str:
        return self.number
