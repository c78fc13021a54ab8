"""Checks that the city runs over its observations, and what people have marked by hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Check(models.Model):
    """One kind of check for a property, or for a single datastream, where its own settings win.

    `settings` are those of the kind (`quality.checks`).
    """

    class Kind(models.TextChoices):
        """What is looked at."""

        RANGE = "range", _("Range")
        SPIKE = "spike", _("Spike")
        FLAT = "flat", _("Flat line")
        LATE = "late", _("Out of order")
        REPEAT = "repeat", _("Duplicate")
        NEIGHBOURS = "neighbours", _("Neighbours")
        HUMIDITY = "humidity", _("Humidity")

    kind = models.CharField(max_length=12, choices=Kind)
    observed_property = models.ForeignKey(
        "things.ObservedProperty", null=True, on_delete=models.CASCADE, related_name="checks"
    )
    datastream = models.ForeignKey(
        "things.Datastream", null=True, on_delete=models.CASCADE, related_name="checks"
    )
    settings = models.JSONField(default=dict)
    on = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ("observed_property__name", "kind", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(observed_property=None, datastream__isnull=False)
                | Q(observed_property__isnull=False, datastream=None),
                name="things_check_is_about_one",
            ),
            models.UniqueConstraint(
                fields=["kind", "observed_property"],
                condition=Q(datastream=None),
                name="things_check_once_a_property",
            ),
            models.UniqueConstraint(
                fields=["kind", "datastream"],
                condition=Q(observed_property=None),
                name="things_check_once_a_datastream",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.observed_property or self.datastream})"


class Mark(models.Model):
    """What a person knows about a datastream from `start` to `end`, both included."""

    class Flag(models.IntegerChoices):
        """As the store grades observations."""

        GOOD = 0, _("good")
        ESTIMATED = 1, _("estimated")
        SUSPECT = 2, _("suspect")
        INVALID = 3, _("invalid")

    datastream = models.ForeignKey(
        "things.Datastream", on_delete=models.CASCADE, related_name="marks"
    )
    start = models.DateTimeField()
    end = models.DateTimeField()
    flag = models.PositiveSmallIntegerField(choices=Flag)
    reason = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ("-created",)
        indexes = [models.Index(fields=["datastream", "start"], name="things_mark_datastream")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=models.F("start")), name="things_mark_ends"
            ),
            models.CheckConstraint(condition=Q(flag__lte=3), name="things_mark_flag"),
        ]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.start:%Y-%m-%d} {self.reason}"
