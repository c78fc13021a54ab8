"""Times in which work is done, so that nothing is raised."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.places.models import Place


class Maintenance(models.Model):
    """From `starts` to `ends`, and where it is `weekly` again each week by the city's clock.

    It covers the devices that fit all its selectors, with what their things measure; none: all.
    """

    title = models.CharField(max_length=200)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    weekly = models.BooleanField(default=False)
    weekly_until = models.DateField(null=True, blank=True)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    label = models.CharField(max_length=80, blank=True)
    profile = models.ForeignKey(
        Profile, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    author = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("maintenance")
        verbose_name_plural = _("maintenance")
        ordering = ("-starts", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=models.F("ends")), name="alerts_maintenance_starts_first"
            ),
        ]

    def __str__(self) -> str:
        return self.title
