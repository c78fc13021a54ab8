"""Network servers and other ways in, as the city's staff set them up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Way(models.TextChoices):
    """Who begins: we at their broker, they at our door, or both at the city's own broker."""

    HOME = "home", _("the city's own broker")
    MQTT = "mqtt", _("by MQTT")
    HTTP = "http", _("by HTTP")


class Network(models.Model):
    """One way in for messages: a LoRaWAN network server, or a plain push over HTTP.

    `kind` names its adapter in `devices.networks`; `settings` are the adapter's own, in plain
    sight; `secret` is what we present to the other side (the broker's password, an API key),
    sealed and never shown again; `digest` is the SHA-256 of what the other side presents to us.
    `problem` is one of `networks.words.PROBLEMS` with a detail behind a colon, so that each reader
    gets it in their own language. `day`, `messages` and `troubled` count that day's messages.
    """

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    way = models.CharField(max_length=4, choices=Way, default=Way.HTTP, db_default="http")
    on = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    last_heard = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    day = models.DateField(null=True, editable=False)
    messages = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    troubled = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ("title", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["home", "mqtt", "http"]), name="devices_network_way"
            ),
            models.CheckConstraint(
                condition=Q(digest="") | Q(digest__regex="^[0-9a-f]{64}$"),
                name="devices_network_digest_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return self.title
