"""Tries to pay a charge, and money that goes back."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models.charge import Charge
from stadtkern.kernel.payments.models.provider import Provider

TRANSACTION_STATES = {
    "initial": _("begun"),
    "started": _("with the provider"),
    "booked": _("paid"),
    "failed": _("failed"),
    "cancelled": _("called off"),
    "expired": _("expired"),
}
REFUND_STATES = {
    "wanted": _("to be paid back"),
    "sent": _("with the provider"),
    "done": _("paid back"),
    "failed": _("failed"),
    "manual": _("to be paid back by hand"),
}


class Transaction(models.Model):
    """One try to pay. `request_id` goes to the provider, who takes it only once.

    At most one is booked per charge as its payment; a second or late one, or one of another
    amount, is kept with `surplus` and paid back. `received` is what really came, in cents,
    and `settled` the day whose statement of the provider names it. `account` is where the money
    came from (sealed), if the bank said so.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="transactions")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="transactions")
    request_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    their_id = models.CharField(max_length=120, blank=True)
    page = models.URLField(max_length=2082, blank=True)
    method = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=10, choices=list(TRANSACTION_STATES.items()), default="initial"
    )
    cents = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True, blank=True)
    surplus = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    asked = models.DateTimeField(null=True, blank=True)
    booked = models.DateTimeField(null=True, blank=True)
    settled = models.DateField(null=True, blank=True)
    account = models.BinaryField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created", "-id")
        indexes = [models.Index(fields=["state", "asked"], name="payments_to_be_asked")]
        constraints = [
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state="booked", surplus=False),
                name="payments_paid_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "their_id"],
                condition=~Q(their_id=""),
                name="payments_their_id",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(TRANSACTION_STATES)), name="payments_transaction_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(booked__isnull=False, received__gt=0),
                name="payments_booked_is_money",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(surplus=True) | Q(received=models.F("cents")),
                name="payments_paid_in_full",
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class Refund(models.Model):
    """Money that goes back, all or in part; `key` makes a repeated wish the same refund.

    What is paid back by hand is checked by one person, with the payer's `account` (sealed), and
    noted as paid by another one.
    """

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="refunds")
    request_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    their_id = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=120, blank=True)
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=list(REFUND_STATES.items()), default="wanted")
    tries = models.PositiveSmallIntegerField(default=0)
    asked = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    done = models.DateTimeField(null=True, blank=True)
    settled = models.DateField(null=True, blank=True)
    account = models.BinaryField(null=True, blank=True, editable=False)
    checked = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        "people.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    noted_by = models.ForeignKey(
        "people.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-created", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="payments_refund_is_of_money"),
            models.CheckConstraint(
                condition=Q(state__in=list(REFUND_STATES)), name="payments_refund_state"
            ),
            models.UniqueConstraint(
                fields=["transaction", "key"],
                condition=~Q(key=""),
                name="payments_refund_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | Q(noted_by=None) | ~Q(checked_by=F("noted_by")),
                name="payments_refund_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)
