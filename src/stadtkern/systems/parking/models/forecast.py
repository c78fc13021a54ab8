"""What was learnt of a car park's rhythm, what is foreseen for it, and how well that held."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.parking.models.site import Site

WAYS = {
    "last": _("the present number"),
    "usual": _("what is usual then"),
    "blend": _("what is usual, and the present deviation fading"),
    "model": _("regression on the present deviation"),
}
# Why nothing is foreseen for a car park.
REASONS = {
    "short": _("less than two weeks of counts"),
    "gaps": _("too many gaps in the counts"),
    "capacity": _("the number of spaces is not known"),
}


class Learnt(models.Model):
    """The result of one night's learning: small numbers, in the shape of `forecasting.stored`.

    `reason` is a code of `REASONS` where nothing could be learnt; then `numbers` are empty.
    `figures` has by minutes ahead the errors of all ways on the unseen weeks, in percent of the
    capacity, and how often the band of 10 to 90 % held there.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    numbers = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("learnt rhythm of a car park")
        verbose_name_plural = _("learnt rhythms of car parks")
        ordering = ("site",)
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["", *REASONS]), name="parking_learnt_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.reason or 'learnt'}"


class Forecast(models.Model):
    """The newest forecast of one car park: the 96 quarters of an hour after `made`.

    `begins` is the first of them. `quantities` has for each quarter the free spaces at the levels
    of `forecasting.bands`, `free` the point, `ways` how it was found. `known` tells whether the
    present number was known when it was made.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    made = models.DateTimeField()
    begins = models.DateTimeField()
    known = models.BooleanField(default=True)
    capacity = models.PositiveIntegerField()
    free = models.JSONField(default=list)
    quantities = models.JSONField(default=list)
    ways = models.JSONField(default=list)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ("site",)

    def __str__(self) -> str:
        return f"{self.site_id} @ {self.made}"


class Foretold(models.Model):
    """What was said about one instant, until the instant comes and it can be compared."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    free = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    last = models.FloatField()

    class Meta:
        verbose_name = _("forecast to be compared")
        verbose_name_plural = _("forecasts to be compared")
        ordering = ("at", "site", "minutes")
        constraints = [
            models.UniqueConstraint(fields=["site", "minutes", "at"], name="parking_foretold_once"),
        ]
        indexes = [models.Index(fields=["at"], name="parking_foretold_at")]

    def __str__(self) -> str:
        return f"{self.site_id} +{self.minutes} @ {self.at}"


class Score(models.Model):
    """How forecasts of one day held: sums, so that days add up.

    `off` and `last_off` are summed absolute errors of the forecast and of the number at the time
    it was made, in spaces; `held` counts those within the band of 10 to 90 %.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    day = models.DateField()
    n = models.PositiveIntegerField(default=0)
    off = models.FloatField(default=0)
    last_off = models.FloatField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("kept forecast")
        verbose_name_plural = _("kept forecasts")
        ordering = ("day", "site", "minutes")
        constraints = [
            models.UniqueConstraint(fields=["site", "minutes", "day"], name="parking_score_once"),
            models.CheckConstraint(condition=Q(held__lte=F("n")), name="parking_score_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} +{self.minutes} {self.day}"
