"""What somebody owes the city: a charge with its items. Amounts are whole cents."""

import secrets
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

CHARGE_STATES = {
    "open": _("open"),
    "paid": _("paid"),
    "cancelled": _("cancelled"),
    "refunded": _("refunded"),
}
POLICIES = {
    "upfront": _("paid in advance"),
    "deferred": _("paid later"),
    "counter": _("paid at the counter"),
}


def new_token() -> str:
    """What opens a charge's pages for whoever owes it: 192 bits, as good as a key."""
    return secrets.token_urlsafe(24)


class Charge(models.Model):
    """An amount that is owed, for one thing of one system (`kind`, `subject`).

    `cents` is the sum of the items and never changes once a payment was begun. `reference` is
    the Kassenzeichen that budget and bank know it by. A charge that is not paid until `due` is
    cancelled (upfront) or overdue (deferred). `back` is where the payer goes on afterwards.
    `receipted` is when the receipt was mailed.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    kind = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=120, blank=True, db_index=True)
    # A repeated request for a charge answers with the same one.
    key = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=36, unique=True)
    purpose = models.CharField(max_length=27)
    description = models.CharField(max_length=250, blank=True)
    policy = models.CharField(max_length=10, choices=list(POLICIES.items()), default="upfront")
    state = models.CharField(max_length=10, choices=list(CHARGE_STATES.items()), default="open")
    cents = models.PositiveIntegerField()
    refunded_cents = models.PositiveIntegerField(default=0)
    payer = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="de")
    back = models.CharField(max_length=500, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    paid = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    receipted = models.DateTimeField(null=True, blank=True)
    erased = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ("-created", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="payments_charge_is_of_money"),
            models.CheckConstraint(
                condition=Q(refunded_cents__lte=models.F("cents")),
                name="payments_no_more_back_than_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(CHARGE_STATES)), name="payments_charge_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "refunded"]) | Q(paid__isnull=False),
                name="payments_paid_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["kind", "key"], condition=~Q(key=""), name="payments_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Item(models.Model):
    """One line of a charge: what it is for, how many, and which budget gets the money.

    `cents` is the line's gross amount, `tax_cents` what of it is value added tax at `tax_rate`
    (per mille). `booking` is what the budget system asks for, such as Haushaltsstelle and
    Objektnummer (XBezahldienste `bookingData`).
    """

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=250)
    reference = models.CharField(max_length=36, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    cents = models.PositiveIntegerField()
    tax_cents = models.PositiveIntegerField(default=0)
    tax_rate = models.PositiveSmallIntegerField(default=0)
    budget = models.CharField(max_length=80, blank=True)
    booking = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("item of a charge")
        verbose_name_plural = _("items of charges")
        ordering = ("charge", "number")
        constraints = [
            models.UniqueConstraint(fields=["charge", "number"], name="payments_item_number"),
            models.CheckConstraint(
                condition=Q(tax_cents__lte=models.F("cents")), name="payments_tax_is_within"
            ),
        ]

    def __str__(self) -> str:
        return self.text
