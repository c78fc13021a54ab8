"""What providers report beyond the right itself: where, which machine, and parking by disc."""

from uuid import uuid4

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets.models.operator import Operator
from stadtkern.systems.parking_tickets.models.session import Session
from stadtkern.systems.parking_tickets.models.zone import Zone


class Parking(models.Model):
    """A parking by the id that its provider knows: a right, or a disc (`disc` is its time).

    `session` is the right that it is now; another one where zone or beginning were corrected just
    after the start. A disc holds its plate here, a right in its session; position and plate are
    forgotten together.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="parkings")
    session = models.OneToOneField(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    disc = DateTimeRangeField(null=True)
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    plate_sealed = models.BinaryField(null=True)
    plate_key = models.BigIntegerField(null=True)
    terminal = models.CharField(max_length=40, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    key = models.CharField(max_length=120, blank=True)
    deleted = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("reported parking")
        verbose_name_plural = _("reported parkings")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["plate_key"],
                condition=Q(plate_key__isnull=False),
                name="parking_tickets_disc_by_plate",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, disc__isnull=True, plate_sealed__isnull=True,
                            plate_key__isnull=True)
                | Q(session__isnull=True, disc__isnull=False),
                name="parking_tickets_right_or_disc",
            ),
            models.UniqueConstraint(
                fields=["operator", "key"], condition=~Q(key=""),
                name="parking_tickets_parking_key",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.public_id)


class FormerPlate(models.Model):
    """The plate that a right had before it was corrected, so that a check can be retold.

    Written by the database, one for each change of the kind `plate`, in their order; forgotten with
    the right's own.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    plate_sealed = models.BinaryField()
    plate_key = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("former plate")
        verbose_name_plural = _("former plates")

    def __str__(self) -> str:
        return str(self.pk)
