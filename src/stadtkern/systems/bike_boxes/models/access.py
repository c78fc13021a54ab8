"""Who may open which box, from when until when: by PIN, season-ticket card, or from here."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.bike_boxes.models.box import Box, Facility


class Card(models.Model):
    """A season-ticket chip card. Only a keyed digest of its number is kept, never the number."""

    pseudonym = models.CharField(max_length=64, unique=True, editable=False)
    valid_until = models.DateField()
    blocked = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=80, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("season-ticket card")
        verbose_name_plural = _("season-ticket cards")
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.pseudonym[:8]


class Access(models.Model):
    """One rental's right to a box, through all its extensions; `booking` is its first one.

    `pin_digest` is keyed with the facility's secret and unique there while live; `pin_sealed` is
    for showing it to the renter again. `begins` and `ends` are paid for; grace comes on top.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="accesses")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    live = models.BooleanField(default=True)
    pin_digest = models.CharField(max_length=64, editable=False)
    pin_sealed = models.BinaryField(null=True, blank=True, editable=False)
    card = models.ForeignKey(
        Card, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    card_digest = models.CharField(max_length=64, blank=True, editable=False)
    # The rental goes on with this many extensions; their charges are found by it.
    extensions = models.PositiveSmallIntegerField(default=0)
    opened = models.DateTimeField(null=True, blank=True)
    reminded = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("right to open a box")
        verbose_name_plural = _("rights to open boxes")
        ordering = ("-begins",)
        indexes = [models.Index(fields=["box", "ends"], name="bike_boxes_access_by_box")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")), name="bike_boxes_access_has_a_span"
            ),
            models.UniqueConstraint(
                fields=["facility", "pin_digest"],
                condition=Q(live=True),
                name="bike_boxes_pin_is_one_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box} {self.begins:%d.%m.}"
