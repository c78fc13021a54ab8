"""What is kept of each device for each day, long after its raw messages are forgotten."""

from django.db import models

from stadtkern.kernel.devices.models.device import Device

SPREADING_FACTORS = (7, 8, 9, 10, 11, 12)


class DeviceDay(models.Model):
    """One device on one day of the city's calendar.

    `lost` counts where a gap was noticed, so a frame that came a day late makes a day negative.
    `heard` uplinks had a signal; means are sums over it. `gap` is the longest time, in seconds,
    between two uplinks that ended on this day; `clock_offset` the least of received minus sent.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    uplinks = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    heard = models.IntegerField(default=0)
    rssi_sum = models.FloatField(default=0)
    rssi_min = models.FloatField(null=True)
    snr_sum = models.FloatField(default=0)
    snr_min = models.FloatField(null=True)
    sf7 = models.IntegerField(default=0)
    sf8 = models.IntegerField(default=0)
    sf9 = models.IntegerField(default=0)
    sf10 = models.IntegerField(default=0)
    sf11 = models.IntegerField(default=0)
    sf12 = models.IntegerField(default=0)
    battery = models.FloatField(null=True)
    gap = models.FloatField(null=True)
    clock_offset = models.FloatField(null=True)

    class Meta:
        ordering = ("device", "day")
        constraints = [
            models.UniqueConstraint(fields=["device", "day"], name="devices_deviceday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.day}"

    @property
    def rssi(self) -> float | None:
        """The mean, in dBm."""
        return self.rssi_sum / self.heard if self.heard else None

    @property
    def snr(self) -> float | None:
        """The mean, in dB."""
        return self.snr_sum / self.heard if self.heard else None

    @property
    def spreading(self) -> dict[int, int]:
        """Uplinks by spreading factor, those that occurred."""
        counted = ((sf, int(getattr(self, f"sf{sf}"))) for sf in SPREADING_FACTORS)
        return {sf: count for sf, count in counted if count}

    @property
    def spreading_factor(self) -> float | None:
        """The mean spreading factor."""
        found = self.spreading
        total = sum(found.values())
        return sum(sf * count for sf, count in found.items()) / total if total else None
