"""Permits: plates with their times, areas with theirs; both together say where one may stand."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking_tickets.models.operator import Operator
from stadtkern.systems.parking_tickets.models.zone import Zone

PERMIT_KINDS = {
    "resident": _("resident"),
    "crafts": _("crafts"),
    "care": _("care service"),
    "disabled": _("disabled person"),
    "guest": _("guest"),
    "other": _("other"),
}
SUBJECTS = {
    "plate": _("number plate"),
    "number": _("number of the permit"),
}


class PermitArea(models.Model):
    """Where permits hold: a whole zone for payment, or an area of its own with a polygon.

    `operators` are the providers who may give permits for it besides the city.
    """

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.OneToOneField(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    operators = models.ManyToManyField(Operator, blank=True, related_name="+")
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("area for permits")
        verbose_name_plural = _("areas for permits")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class PermitSeries(models.Model):
    """Permits that become valid together: all of an active series hold, none of another.

    Without an operator it is the city's own.
    """

    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    active = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("series of permits")
        verbose_name_plural = _("series of permits")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name or str(self.pk)


class Permit(models.Model):
    """A permit for several plates in several areas, each with a time of its own.

    `properties` is what its giver keeps with it, sealed since it may tell of people.
    """

    series = models.ForeignKey(PermitSeries, on_delete=models.CASCADE, related_name="permits")
    kind = models.CharField(max_length=8, choices=list(PERMIT_KINDS.items()), default="other")
    external_id = models.CharField(max_length=80, blank=True)
    properties = models.BinaryField(null=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("parking permit")
        verbose_name_plural = _("parking permits")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(PERMIT_KINDS)), name="parking_tickets_permit_kind"
            ),
            models.UniqueConstraint(
                fields=["series", "external_id"], condition=~Q(external_id=""),
                name="parking_tickets_permit_external_id",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)


class PermitSubject(models.Model):
    """A plate, or the number of a permit that goes with a person, and when it counts."""

    permit = models.ForeignKey(Permit, on_delete=models.CASCADE, related_name="subjects")
    sort = models.CharField(max_length=6, choices=list(SUBJECTS.items()), default="plate")
    plate_sealed = models.BinaryField()
    plate_key = models.BigIntegerField(db_index=True)
    during = DateTimeRangeField()

    class Meta:
        verbose_name = _("subject of a permit")
        verbose_name_plural = _("subjects of permits")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(sort__in=list(SUBJECTS)), name="parking_tickets_subject_sort"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PermitIn(models.Model):
    """An area that a permit holds in, and when."""

    permit = models.ForeignKey(Permit, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(PermitArea, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()

    class Meta:
        verbose_name = _("area of a permit")
        verbose_name_plural = _("areas of permits")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)
