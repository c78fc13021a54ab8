"""The devices that speak OCPP: charge points, what a car is plugged into, and their messages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Thing
from stadtkern.systems.charging.models.location import Evse, Location

# What a BootNotification is answered with: Pending, Accepted, Rejected.
ADMISSIONS = {
    "waiting": _("waits to be released"),
    "accepted": _("released"),
    "refused": _("refused"),
}


class ChargePoint(models.Model):
    """A device with one connection. `identity` stands in its address; `password` is an Argon2 hash.

    `line` names the connection that counts: a newer one has another. `whole` is the status that it
    told for connector 0, which is itself.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="points")
    identity = models.CharField(max_length=48, unique=True)
    admission = models.CharField(max_length=8, choices=list(ADMISSIONS.items()), default="waiting")
    password = models.CharField(max_length=200, blank=True)
    security_profile = models.PositiveSmallIntegerField(default=1)
    version = models.CharField(max_length=8, blank=True)
    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    serial = models.CharField(max_length=50, blank=True)
    firmware = models.CharField(max_length=50, blank=True)
    firmware_status = models.CharField(max_length=40, blank=True)
    diagnostics_status = models.CharField(max_length=40, blank=True)
    whole = models.CharField(max_length=20, blank=True)
    whole_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    booted = models.DateTimeField(null=True, blank=True)
    boot_reason = models.CharField(max_length=20, blank=True)
    heard = models.DateTimeField(null=True, blank=True)
    heartbeat_s = models.PositiveIntegerField(default=300)
    line = models.UUIDField(null=True, blank=True)
    connected = models.DateTimeField(null=True, blank=True)
    hung_up = models.DateTimeField(null=True, blank=True)
    process = models.CharField(max_length=80, blank=True)
    thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("charge point")
        verbose_name_plural = _("charge points")
        ordering = ("identity",)
        constraints = [
            models.CheckConstraint(
                condition=Q(identity__regex=r"^[A-Za-z0-9*_=:+|@.-]{1,48}$"),
                name="charging_point_identity",
            ),
            models.CheckConstraint(
                condition=Q(admission__in=list(ADMISSIONS)), name="charging_point_admission"
            ),
        ]

    def __str__(self) -> str:
        return self.identity

    @property
    def is_connected(self) -> bool:
        """Whether a connection is held now."""
        return self.line is not None


class Outlet(models.Model):
    """What one car is plugged into: `number` is a connector in OCPP 1.6, an EVSE in 2.0.1.

    `own` is what the point told of it, `plugs` (2.0.1) of each connector. `register_wh` is its
    meter. `limit_a` is what we want it to draw at most, `held_a` what it has agreed to; None: no
    limit is set.
    """

    point = models.ForeignKey(ChargePoint, on_delete=models.CASCADE, related_name="outlets")
    number = models.PositiveSmallIntegerField()
    evse = models.OneToOneField(Evse, on_delete=models.CASCADE, related_name="+")
    own = models.CharField(max_length=20, blank=True)
    own_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True)
    plugs = models.JSONField(default=dict, blank=True)
    register_wh = models.FloatField(null=True, blank=True)
    power_w = models.FloatField(null=True, blank=True)
    metered = models.DateTimeField(null=True, blank=True)
    limit_a = models.PositiveSmallIntegerField(null=True, blank=True)
    held_a = models.PositiveSmallIntegerField(null=True, blank=True)
    drew = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("outlet of a charge point")
        verbose_name_plural = _("outlets of charge points")
        ordering = ("point", "number")
        constraints = [
            models.UniqueConstraint(fields=["point", "number"], name="charging_outlet_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="charging_outlet_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.point}/{self.number}"


class Message(models.Model):
    """A call between a point and the city with its answer, without tokens and passwords."""

    id = models.BigAutoField(primary_key=True)
    point = models.ForeignKey(ChargePoint, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField(default=clock.now)
    ours = models.BooleanField(default=False)
    action = models.CharField(max_length=40, blank=True)
    asked = models.JSONField(null=True, blank=True)
    answered = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("OCPP message")
        verbose_name_plural = _("OCPP messages")
        ordering = ("-id",)
        indexes = [models.Index(fields=["point", "-id"], name="charging_message_point")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%H:%M:%S}"
