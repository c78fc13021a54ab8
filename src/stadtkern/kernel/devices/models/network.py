"""Network servers and other ways in, as the city's staff set them up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Network(models.Model):
    """One way in for messages: a LoRaWAN network server, or a plain push over HTTP.

    `kind` names its adapter in `devices.networks`; `settings` are the adapter's own, in plain
    sight; `secret` is what we present to the other side, sealed and never shown again; `digest` is
    the SHA-256 of what the other side presents to us.
    """

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    on = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    last_heard = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title
