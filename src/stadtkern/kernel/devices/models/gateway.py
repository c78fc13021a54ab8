"""Gateways, and how far they hear."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Thing


class Gateway(models.Model):
    """A LoRaWAN gateway, known by its EUI or its network's name for it; it stands as a thing."""

    eui = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, blank=True)
    thing = models.OneToOneField(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="gateway"
    )
    own = models.BooleanField(default=False)  # the city's own, not one that overheard us
    last_seen = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ("name", "eui")

    def __str__(self) -> str:
        return self.name or self.eui
