"""A mobility station: a place round which ways to travel come together."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place

STANDARDS = {
    "stop": _("stop"),
    "parking": _("car park or bike boxes"),
    "charging": _("charging points"),
    "sharing": _("vehicles to share"),
}


class Hub(models.Model):
    """One station. What lies within `radius_m` metres belongs to it, if no `Member` says other."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60, unique=True)
    radius_m = models.PositiveSmallIntegerField(_("Radius in metres"), default=250)
    wifi = models.BooleanField(_("Free WiFi"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=250, blank=True)
    note_en = models.CharField(_("Note in English"), max_length=250, blank=True)
    active = models.BooleanField(_("Shown"), default=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("mobility station")
        verbose_name_plural = _("mobility stations")
        ordering = ("place__name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__gte=20, radius_m__lte=2000), name="mobility_hubs_radius"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Member(models.Model):
    """What staff said of one thing near a station: it belongs to it, or it does not.

    `uid` is what its system calls it in the shared feeds, for a stop `<source>:<stop_id>`.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="members")
    standard = models.CharField(max_length=10, choices=list(STANDARDS.items()))
    uid = models.CharField(max_length=200)
    shown = models.BooleanField()

    class Meta:
        verbose_name = _("part of a mobility station")
        verbose_name_plural = _("parts of mobility stations")
        ordering = ("hub", "standard", "uid")
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "standard", "uid"], name="mobility_hubs_member_once"
            ),
            models.CheckConstraint(
                condition=Q(standard__in=list(STANDARDS)), name="mobility_hubs_member_standard"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub}: {self.uid}"
