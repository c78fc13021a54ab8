"""What needs somebody to act: forced doors, leftover bicycles, rescues with their deadlines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.bike_boxes.models.box import Box

TROUBLES = {
    "forced": _("Door forced open"),
    "left_open": _("Door left open"),
    "jammed": _("Door jammed"),
    "leftover": _("A bicycle stands in the box without a rental"),
    "reported": _("A renter found the box taken"),
}
RESCUE_STATES = {
    "overdue": _("overdue"),
    "warned": _("removal announced"),
    "stored": _("in storage"),
    "returned": _("given back"),
    "disposed": _("handed to the lost-property office"),
    "left": _("gone by itself"),
}
OPEN_RESCUES = ("overdue", "warned", "stored")


class Trouble(models.Model):
    """One thing that is wrong with a box until somebody closes it; at most one open per kind."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="troubles")
    kind = models.CharField(max_length=12, choices=list(TROUBLES.items()))
    since = models.DateTimeField(default=clock.now)
    detail = models.CharField(max_length=200, blank=True)
    told = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("trouble with a box")
        verbose_name_plural = _("troubles with boxes")
        ordering = ("-since", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["box", "kind"], condition=Q(closed=None), name="bike_boxes_one_open_trouble"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(TROUBLES)), name="bike_boxes_trouble_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box} {self.kind}"


class Rescue(models.Model):
    """A bicycle that stayed beyond its rental: reminded, warned, stored, given back.

    `remove_after` and `store_until` are the deadlines that the renter was told.
    """

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="+")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="rescues")
    state = models.CharField(max_length=10, choices=list(RESCUE_STATES.items()), default="overdue")
    since = models.DateTimeField()
    reminded = models.DateTimeField(null=True, blank=True)
    warned = models.DateTimeField(null=True, blank=True)
    remove_after = models.DateTimeField(null=True, blank=True)
    stored = models.DateTimeField(null=True, blank=True)
    store_until = models.DateTimeField(null=True, blank=True)
    where = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    # That nothing is asked for the days beyond the rental.
    waived = models.DateTimeField(null=True, blank=True)
    waived_by = models.CharField(max_length=60, blank=True)
    waived_why = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("rescue of a bicycle")
        verbose_name_plural = _("rescues of bicycles")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(RESCUE_STATES)), name="bike_boxes_rescue_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(store_until__isnull=False),
                name="bike_boxes_stored_until",
            ),
            models.CheckConstraint(
                condition=Q(waived=None) | ~Q(waived_by=""), name="bike_boxes_somebody_waived"
            ),
            models.UniqueConstraint(
                fields=["box"],
                condition=Q(state__in=["overdue", "warned"]),
                name="bike_boxes_one_bicycle_per_box",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box} {self.state}"
