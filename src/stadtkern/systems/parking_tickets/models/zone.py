"""Where parking costs money, the machines there, and what it costs from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account, ApiKey
from stadtkern.kernel.places.models import Place

MACHINE_STATES = {
    "ok": _("in service"),
    "disturbed": _("not working"),
    "removed": _("removed"),
}


class Zone(models.Model):
    """A zone by the number that its signs show; its polygon is its place's geometry.

    `tax_rate` (per mille, inside the price) is 0 where parking is a fee of the road authority.
    """

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12, unique=True)
    active = models.BooleanField(default=True)
    tax_rate = models.PositiveSmallIntegerField(default=0)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class Machine(models.Model):
    """A ticket machine by the number that stands on it; `fault` is what it said last."""

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12, unique=True)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="machines")
    state = models.CharField(max_length=10, choices=list(MACHINE_STATES.items()), default="ok")
    fault = models.CharField(max_length=200, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    keys = models.ManyToManyField(ApiKey, blank=True, related_name="+")

    class Meta:
        verbose_name = _("ticket machine")
        verbose_name_plural = _("ticket machines")
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(MACHINE_STATES)), name="parking_tickets_machine_state"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Int8Range(Func):
    """A key as a range, since the database excludes by ranges without any extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"


class Tariff(models.Model):
    """One version of a zone's prices; once published it is never changed, only followed.

    `rules` is what `logic/tariffs` reads, `examples` what the version must answer before it can be
    published: `[{"begins", "until", "vehicle", "cents"}]` in the city's time. No
    two published versions of a zone hold at one instant.
    """

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="tariffs")
    number = models.PositiveIntegerField()
    during = DateTimeRangeField()
    rules = models.JSONField()
    examples = models.JSONField(default=list, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=250, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("version of the prices")
        verbose_name_plural = _("versions of the prices")
        ordering = ("zone", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "number"], name="parking_tickets_tariff_number"
            ),
            ExclusionConstraint(
                name="parking_tickets_one_tariff_at_a_time",
                expressions=[
                    (Int8Range("zone_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(published__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} v{self.number}"
