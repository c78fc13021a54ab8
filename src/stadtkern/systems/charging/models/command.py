"""What the city wants of a charge point, and the reservations it makes with it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.models.charge_point import ChargePoint, Outlet
from stadtkern.systems.charging.models.token import Token
from stadtkern.systems.charging.models.transaction import Transaction

# In words of OCPP 1.6; what 2.0.1 calls otherwise is turned into its words when it leaves.
ACTIONS = {
    "RemoteStartTransaction": _("Start charging"),
    "RemoteStopTransaction": _("Stop charging"),
    "ReserveNow": _("Reserve"),
    "CancelReservation": _("Cancel the reservation"),
    "Reset": _("Restart"),
    "UnlockConnector": _("Unlock the plug"),
    "ChangeAvailability": _("In service or not"),
    "SetChargingProfile": _("Set a limit"),
    "ClearChargingProfile": _("Take the limit away"),
    "ChangeConfiguration": _("Change a setting"),
    "GetConfiguration": _("Read settings"),
    "TriggerMessage": _("Ask for a message"),
    "UpdateFirmware": _("Update the firmware"),
    "GetDiagnostics": _("Fetch diagnostics"),
}
COMMAND_STATES = {
    "pending": _("waits"),
    "sent": _("sent"),
    "accepted": _("accepted"),
    "rejected": _("rejected"),
    "timeout": _("no answer"),
    "expired": _("not connected in time"),
}
RESERVATION_STATES = {
    "asked": _("asked for"),
    "held": _("reserved"),
    "refused": _("refused"),
    "used": _("used"),
    "cancelled": _("cancelled"),
    "expired": _("over"),
}


class Command(models.Model):
    """It leaves through the process that holds the point's connection. `said` is its answer.

    `wanted` holds what the action needs, in our words and without secrets; a number of a token is
    put in when it leaves, and `secret` (a new setting that is nobody's to read) is sealed.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    point = models.ForeignKey(ChargePoint, on_delete=models.CASCADE, related_name="commands")
    outlet = models.ForeignKey(
        Outlet, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    token = models.ForeignKey(
        Token, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=24, choices=list(ACTIONS.items()))
    wanted = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=list(COMMAND_STATES.items()), default="pending")
    by = models.CharField(max_length=80)
    created = models.DateTimeField(default=clock.now)
    expires = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)
    answered = models.DateTimeField(null=True, blank=True)
    said = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("command to a charge point")
        verbose_name_plural = _("commands to charge points")
        ordering = ("-pk",)
        indexes = [
            models.Index(
                fields=["point", "id"],
                condition=Q(state__in=["pending", "sent"]),
                name="charging_command_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(COMMAND_STATES)), name="charging_command_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class Reservation(models.Model):
    """`pk` is the reservationId. One at a time stands at an outlet."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=9, choices=list(RESERVATION_STATES.items()), default="asked"
    )
    until = models.DateTimeField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("reservation of a charging point")
        verbose_name_plural = _("reservations of charging points")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["outlet"],
                condition=Q(state__in=["asked", "held"]),
                name="charging_reserved_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outlet} {self.until:%H:%M}"
