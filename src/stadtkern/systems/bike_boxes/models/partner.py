"""Outside portals that sell boxes too, and the list of changes that keeps them in step."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey
from stadtkern.systems.bike_boxes.models.box import Facility


class Partner(models.Model):
    """A portal with a key of its own; its bookings have `partner:<slug>` as their source."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    key = models.OneToOneField(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What stands in the bookings that it made."""
        return f"partner:{self.slug}"


class Change(models.Model):
    """Something about a facility's boxes changed; numbers grow in the order of commits."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60, blank=True)
    booking = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change for partners")
        verbose_name_plural = _("changes for partners")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.facility_id} {self.state}"
