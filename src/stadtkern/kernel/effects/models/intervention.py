"""A measure that the city takes, and the series that are to show what it does.

In code it is an intervention: `measure` is what a thing does.
"""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Located
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.models import Datastream, ObservedProperty
from stadtkern.kernel.things.series import city_zone

MOST_CONTROLS = 8
KINDS = (
    ("street", _("Street and crossing")),
    ("speed", _("Speed limit")),
    ("cycling", _("Cycling")),
    ("walking", _("Walking")),
    ("transport", _("Buses and trains")),
    ("parking", _("Parking")),
    ("green", _("Parks and trees")),
    ("energy", _("Energy and heat")),
    ("event", _("Event")),
    ("other", _("Other")),
)


STAGES = {
    "planned": _("planned"),
    "preregistered": _("planned, analysis laid down"),
    "running": _("in force"),
    "ended": _("ended"),
}


class InterventionQuerySet(models.QuerySet["Intervention"]):
    """Questions about measures."""

    def public(self) -> Self:
        """Those that everybody may see: published, and none of their series is hidden."""
        hidden = Chosen.objects.exclude(
            datastream__in=Datastream.objects.filter(visibility.datastreams(visibility.PUBLIC))
        )
        return self.filter(published__isnull=False).exclude(chosen__in=hidden)


class Intervention(Located):
    """Something the city changed at a place from a day on, in the hope of an effect."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    kind = models.CharField(max_length=20, choices=KINDS, default="other")
    who = models.CharField(max_length=200, blank=True)
    links = models.JSONField(default=list, blank=True)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)
    observed_property = models.ForeignKey(
        ObservedProperty, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=80, blank=True)
    subject_en = models.CharField(max_length=80, blank=True)
    direction = models.CharField(
        max_length=6,
        choices=[("more", _("it rises")), ("less", _("it falls")), ("either", _("open"))],
        default="either",
    )
    weeks_before = models.PositiveSmallIntegerField(default=104)
    weeks_after = models.PositiveSmallIntegerField(default=26)
    plan = models.JSONField(null=True, blank=True, editable=False)
    preregistered = models.DateTimeField(null=True, editable=False)
    published = models.DateTimeField(null=True, editable=False)
    invented = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[InterventionQuerySet] = InterventionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("measure of the city")
        verbose_name_plural = _("measures of the city")
        ordering = ("-begins", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("begins")),
                name="effects_intervention_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(weeks_before__range=(52, 260), weeks_after__range=(8, 104)),
                name="effects_intervention_window",
            ),
            models.CheckConstraint(
                condition=Q(preregistered=None) | Q(plan__isnull=False),
                name="effects_intervention_laid_down_with_a_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def stage(self) -> str:
        """How far the measure is, by today's date; a key of STAGES."""
        day = timezone.localtime(clock.now(), city_zone()).date()
        if self.ends is not None and self.ends < day:
            return "ended"
        if self.begins <= day:
            return "running"
        return "preregistered" if self.preregistered else "planned"

    @property
    def stage_title(self) -> str:
        """The same in words."""
        return str(STAGES[self.stage])

    def _said(self, field: str) -> str:
        english: Any = getattr(self, f"{field}_en")
        return str(english if english and get_language() == "en" else getattr(self, field))

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return self._said("title")

    @property
    def description(self) -> str:
        """What it is, in the reader's language."""
        return self._said("about")

    @property
    def remark(self) -> str:
        """What must be said beside every figure, such as that an effect was planted."""
        return self._said("note")

    @property
    def topic(self) -> str:
        """What becomes more or less, in the reader's language."""
        return self._said("subject")


class Chosen(models.Model):
    """A series that an analysis uses, in its part, and why it was chosen."""

    TARGET, CONTROL, WEATHER = "target", "control", "weather"
    ROLES = ((TARGET, _("shows the effect")), (CONTROL, _("comparison")), (WEATHER, _("weather")))

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="chosen")
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=ROLES)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("role", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "datastream"], name="effects_chosen_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["target", "control", "weather"]), name="effects_chosen_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id}: {self.role} {self.datastream_id}"
