"""A vehicle that a quarter shares: where it stands, who may have it and when, how full it is."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Resource
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Thing

STATES = {"free": _("free"), "in_use": _("on the way"), "charging": _("charging"),
          "out": _("out of service")}  # fmt: skip


class Caddy(models.Model):
    """A shared electric vehicle. `resource` is what the kernel books, `thing` its observations.

    `state` is what its device, or staff, told last; `code` is the digest of what residents book
    with, `hours` its opening hours in OSM's syntax.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="+")
    thing = models.OneToOneField(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    operator = models.CharField(max_length=200, blank=True)
    range_km = models.PositiveSmallIntegerField(default=100)
    state = models.CharField(max_length=8, choices=list(STATES.items()), default="free")
    state_at = models.DateTimeField(default=clock.now)
    hours = models.CharField(max_length=250, default="Mo-Su 06:00-22:00")
    code = models.CharField(max_length=64, blank=True)
    most_hours = models.PositiveSmallIntegerField(default=4)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("shared vehicle")
        verbose_name_plural = _("shared vehicles")
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="charging_caddy_state")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name
