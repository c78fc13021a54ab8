"""Gateways, what they hear, and how well."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.device import Device
from stadtkern.kernel.things.models import Thing

SPREADING_FACTORS = range(7, 13)


class Gateway(models.Model):
    """A LoRaWAN gateway, known by its EUI or its network's name for it; it stands as a thing.

    It is known from the first message that it heard. `lon` and `lat` are where its network says it
    stands, in degrees; where it is the city's own and a thing, that thing's place counts.
    """

    eui = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, blank=True)
    thing = models.OneToOneField(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="gateway"
    )
    own = models.BooleanField(default=False)  # the city's own, not one that overheard us
    lon = models.FloatField(null=True, blank=True, editable=False)
    lat = models.FloatField(null=True, blank=True, editable=False)
    last_seen = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ("name", "eui")

    def __str__(self) -> str:
        return self.name or self.eui

    @property
    def spot(self) -> tuple[float, float] | None:
        """Longitude and latitude: of its place, or as its network says."""
        place = self.thing.place if self.thing else None
        if place is not None and place.lon is not None and place.lat is not None:
            return place.lon, place.lat
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


class GatewayHour(models.Model):
    """What a gateway heard in one hour; written by ingest alone.

    `heard` uplinks, of them `best` (no other gateway heard them better) and `alone` (no other heard
    them at all); their time on air in milliseconds; and how many came with which spreading factor.
    """

    gateway = models.ForeignKey(
        Gateway, on_delete=models.CASCADE, related_name="hours", db_index=False
    )
    hour = models.DateTimeField()
    heard = models.PositiveIntegerField()
    best = models.PositiveIntegerField()
    alone = models.PositiveIntegerField()
    airtime = models.BigIntegerField()
    sf7 = models.PositiveIntegerField()
    sf8 = models.PositiveIntegerField()
    sf9 = models.PositiveIntegerField()
    sf10 = models.PositiveIntegerField()
    sf11 = models.PositiveIntegerField()
    sf12 = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "hour"], name="devices_gatewayhour_once"),
        ]
        indexes = [models.Index(fields=["hour"], name="devices_gatewayhour_hour")]

    def __str__(self) -> str:
        return f"{self.gateway_id} {self.hour:%Y-%m-%d %H}"


class Heard(models.Model):
    """How well one gateway heard one device on one day of the city, from one hexagon.

    `cell` is an H3 index (`coverage.cells`), 0 where nobody knows where the device was; `moving`
    tells that the device itself said so. `heard`, `best`, `alone` and `airtime` as in GatewayHour,
    but an uplink's airtime counts only with the gateway that heard it best: so `best` and `airtime`
    add up to what the device sent. RSSI in dBm and SNR in dB: the highest, and the sums over
    `levels` receptions. Written by ingest alone.
    """

    day = models.DateField()
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, related_name="heard_by", db_index=False
    )
    gateway = models.ForeignKey(
        Gateway, on_delete=models.CASCADE, related_name="hears", db_index=False
    )
    cell = models.BigIntegerField()
    moving = models.BooleanField()
    heard = models.PositiveIntegerField()
    best = models.PositiveIntegerField()
    alone = models.PositiveIntegerField()
    airtime = models.BigIntegerField()
    levels = models.PositiveIntegerField()
    rssi_best = models.FloatField(null=True)
    rssi_sum = models.FloatField()
    snr_best = models.FloatField(null=True)
    snr_sum = models.FloatField()
    worst_sf = models.PositiveSmallIntegerField(null=True)
    last = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "day", "gateway", "cell"], name="devices_heard_once"
            ),
            models.CheckConstraint(
                condition=Q(best__lte=models.F("heard"), alone__lte=models.F("best")),
                name="devices_heard_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["gateway", "day"], name="devices_heard_gateway"),
            models.Index(fields=["day"], name="devices_heard_day"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway_id} heard {self.device_id} on {self.day}"
