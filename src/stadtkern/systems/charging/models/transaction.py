"""One car charging once, from plug to bill, and its meter values."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.models.charge_point import ChargePoint
from stadtkern.systems.charging.models.location import Connector, Evse
from stadtkern.systems.charging.models.tariff import Tariff
from stadtkern.systems.charging.models.token import KINDS, Token

STATES = {"active": _("charging"), "ended": _("ended")}
# Why the city, and not the point, said that it is over; or why a record had to be made.
REPAIRS = {
    "": _("not repaired"),
    "superseded": _("another car was plugged in"),
    "rebooted": _("the point had restarted"),
    "idle": _("the point was free again"),
    "silent": _("the point fell silent"),
    "no_start": _("only its end was told"),
    "late_start": _("its beginning was told late"),
    "meter": _("its meter could not be right"),
}


class Transaction(models.Model):
    """`pk` is the transactionId of OCPP 1.6, `remote` that of 2.0.1. Energy in Wh, money in cents.

    `start_key` recognises a StartTransaction that is sent again. `terms` is the tariff as it was at
    the beginning, `price` the lines of the bill as frozen at the end, `billed` when bills were last
    issued for it. While it is active
    `meter_last_wh` is the last known meter value; a repaired one ends with it, never with more.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    point = models.ForeignKey(ChargePoint, on_delete=models.PROTECT, related_name="transactions")
    evse = models.ForeignKey(
        Evse, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    connector = models.ForeignKey(
        Connector, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    token = models.ForeignKey(
        Token, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    token_kind = models.CharField(max_length=12, choices=list(KINDS.items()), default="OTHER")
    authorised = models.BooleanField(default=True)
    remote = models.CharField(max_length=36, blank=True)
    start_key = models.CharField(max_length=64, null=True, blank=True)
    seq = models.IntegerField(default=-1)
    offline = models.BooleanField(default=False)
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    heard = models.DateTimeField(default=clock.now)
    meter_start_wh = models.BigIntegerField(default=0)
    meter_last_wh = models.BigIntegerField(default=0)
    meter_last_at = models.DateTimeField(null=True, blank=True)
    meter_stop_wh = models.BigIntegerField(null=True, blank=True)
    power_w = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=list(STATES.items()), default="active")
    reason = models.CharField(max_length=24, blank=True)
    repaired = models.BooleanField(default=False)
    repair = models.CharField(max_length=12, choices=list(REPAIRS.items()), blank=True, default="")
    repair_note = models.TextField(blank=True)
    tariff = models.ForeignKey(
        Tariff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    terms = models.JSONField(default=dict, blank=True)
    price = models.JSONField(default=list, blank=True)
    net_cents = models.IntegerField(null=True, blank=True)
    gross_cents = models.IntegerField(null=True, blank=True)
    changed = models.DateTimeField(default=clock.now)
    billed = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("charging session")
        verbose_name_plural = _("charging sessions")
        ordering = ("-started", "-pk")
        indexes = [
            models.Index(fields=["-started", "-id"], name="charging_tx_started"),
            models.Index(fields=["-changed"], name="charging_tx_changed"),
            models.Index(fields=["point", "state"], name="charging_tx_point"),
            models.Index(
                fields=["changed"],
                condition=Q(state="ended") & (Q(billed=None) | Q(billed__lt=F("changed"))),
                name="charging_tx_to_bill",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["evse"], condition=Q(state="active"), name="charging_one_active"
            ),
            models.UniqueConstraint(
                fields=["point", "remote"], condition=~Q(remote=""), name="charging_tx_remote"
            ),
            models.UniqueConstraint(fields=["point", "start_key"], name="charging_tx_start_key"),
            models.CheckConstraint(
                condition=Q(state="active", ended=None, meter_stop_wh=None)
                | Q(state="ended", ended__isnull=False, meter_stop_wh__isnull=False),
                name="charging_tx_state",
            ),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(ended__gte=F("started")), name="charging_tx_order"
            ),
            models.CheckConstraint(
                condition=Q(meter_stop_wh=None) | Q(meter_stop_wh__gte=F("meter_start_wh")),
                name="charging_tx_energy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.pk}"

    @property
    def energy_wh(self) -> int:
        """What the car has taken so far, or in all."""
        last = self.meter_last_wh if self.meter_stop_wh is None else self.meter_stop_wh
        return max(last - self.meter_start_wh, 0)


class Reading(models.Model):
    """The meter at one instant of a transaction: register, power, current, state of charge."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="readings")
    at = models.DateTimeField()
    wh = models.FloatField(null=True, blank=True)
    w = models.FloatField(null=True, blank=True)
    a = models.FloatField(null=True, blank=True)
    soc = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("meter value")
        verbose_name_plural = _("meter values")
        ordering = ("at",)
        constraints = [
            models.UniqueConstraint(fields=["transaction", "at"], name="charging_reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.at:%H:%M:%S}"
