"""Places with bike boxes, the sizes of boxes, and each box with what its sensors last said."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Thing

BOX_STATES = {
    "ok": _("in service"),
    "defect": _("defect"),
    "service": _("kept for service"),
}
DOOR_STATES = {
    "unknown": _("not known"),
    "closed": _("closed"),
    "open": _("open"),
    "forced": _("forced open"),
}


class Size(models.Model):
    """A sort of box: what fits into it. Lengths are inner ones, in centimetres."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    length = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # The door's opening, through which the handlebar has to go.
    door_width = models.PositiveSmallIntegerField()
    door_height = models.PositiveSmallIntegerField()
    weight = models.SmallIntegerField(default=50)

    class Meta:
        verbose_name = _("size of box")
        verbose_name_plural = _("sizes of boxes")
        ordering = ("weight", "slug")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Facility(models.Model):
    """A place with boxes and the controller that opens them.

    `secret` (sealed) makes lists and offline codes that only this controller understands. `boot`
    and `sequence` are how far its events are taken; `list_held` is the list that it works by.
    """

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=40, unique=True)
    # What partners and the outside lists call it.
    unit = models.CharField(max_length=20, unique=True)
    active = models.BooleanField(default=True)
    phone = models.CharField(max_length=40, blank=True)
    secret = models.BinaryField(editable=False)
    last_seen = models.DateTimeField(null=True, blank=True)
    clock_skew = models.FloatField(null=True, blank=True)
    boot = models.CharField(max_length=40, blank=True)
    sequence = models.BigIntegerField(default=0)
    list_held = models.CharField(max_length=64, blank=True)
    power = models.BooleanField(default=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("place with bike boxes")
        verbose_name_plural = _("places with bike boxes")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name of its place, in the reader's language."""
        return self.place.title


class Box(models.Model):
    """One box: the unit that is booked, and what door and sensor last told.

    `bike` is None where no sensor has said. `door_thing` and `bike_thing` are sensors of their
    own, where the box has such. `since` is when its state last changed.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="boxes")
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    size = models.ForeignKey(Size, on_delete=models.PROTECT, related_name="boxes")
    number = models.PositiveSmallIntegerField()
    socket = models.BooleanField(default=False)
    long_term_only = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=list(BOX_STATES.items()), default="ok")
    note = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(default=clock.now)
    door = models.CharField(max_length=10, choices=list(DOOR_STATES.items()), default="unknown")
    door_at = models.DateTimeField(null=True, blank=True)
    bike = models.BooleanField(null=True, blank=True)
    bike_at = models.DateTimeField(null=True, blank=True)
    door_thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    bike_thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("bike box")
        verbose_name_plural = _("bike boxes")
        ordering = ("facility", "number")
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="bike_boxes_box_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=99), name="bike_boxes_two_digits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(BOX_STATES)), name="bike_boxes_box_state"
            ),
            models.CheckConstraint(
                condition=Q(door__in=list(DOOR_STATES)), name="bike_boxes_door_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.number}"
