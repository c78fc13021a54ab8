"""Models of maturity in versions, and what they say of each service, kept for ever."""

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account


class MaturityModelQuerySet(models.QuerySet["MaturityModel"]):
    """Questions about models."""

    def published(self) -> Self:
        """Those that services can be measured by, or that are shown."""
        return self.filter(state="published")


class MaturityModel(models.Model):
    """One state of a maturity model; `definition` as `definition.read` takes it.

    A published one never changes (a trigger holds that): a correction is the next `revision`.
    `current` is the one that the city measures by.
    """

    STATES = {"draft": _("draft"), "published": _("published"), "retired": _("retired")}

    slug = models.SlugField(max_length=40)
    version = models.CharField(max_length=20)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=list(STATES.items()), default="draft")
    current = models.BooleanField(default=False)
    valid_from = models.DateField()
    definition = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    published = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MaturityModelQuerySet] = MaturityModelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("maturity model")
        verbose_name_plural = _("maturity models")
        ordering = ("slug", "-valid_from", "-revision")
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version", "revision"], name="digital_maturity_revision_once"
            ),
            models.UniqueConstraint(
                fields=["slug", "version"], condition=Q(state="published"),
                name="digital_maturity_one_published",
            ),
            models.UniqueConstraint(
                fields=["slug", "version"], condition=Q(state="draft"),
                name="digital_maturity_one_draft_model",
            ),
            models.UniqueConstraint(
                fields=["current"], condition=Q(current=True), name="digital_maturity_one_current"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "retired"]),
                name="digital_maturity_model_state",
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(state="published"),
                name="digital_maturity_current_is_published",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published__isnull=False),
                name="digital_maturity_published_has_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.slug} {self.version} ({self.revision})"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Questions about assessments."""

    def complete(self) -> Self:
        """Those that hold now, one for each service and scale."""
        return self.filter(state="complete")


class Assessment(models.Model):
    """What one service reaches in one scale.

    `answers` by question: `{"value", "by": "probe"|"person"|"import", "confirmed", "proposed",
    "saw": {"probe", ..}, "seen", "note", "url"}`; `reasons` say by criterion why it is not needed.
    A complete one has a `level` and `scores` by criterion (null: not needed) and never changes (a
    trigger holds that): the next one supersedes it. `facts` is what the probes looked at; where
    that has changed since, `stale_since` and `stale_facts` say so. `scale` is the model's slug.
    """

    STATES = {"draft": _("being assessed"), "complete": _("complete"),
              "superseded": _("superseded")}  # fmt: skip

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    model = models.ForeignKey(MaturityModel, on_delete=models.PROTECT, related_name="assessments")
    scale = models.SlugField(max_length=40)
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="draft")
    answers = models.JSONField(default=dict, blank=True)
    reasons = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    level = models.SmallIntegerField(null=True, blank=True)
    scores = models.JSONField(default=dict, blank=True)
    # Whether the Single Digital Gateway names the service in its Annex II; null: nobody has said.
    gateway = models.BooleanField(null=True, blank=True)
    assessor = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)
    completed = models.DateTimeField(null=True, blank=True)
    superseded = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    stale_facts = models.JSONField(default=list, blank=True)
    invented = models.BooleanField(default=False)

    objects: ClassVar[AssessmentQuerySet] = AssessmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ("-completed", "-id")
        indexes = [models.Index(fields=["scale", "completed"], name="digital_maturity_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "scale"], condition=Q(state="complete"),
                name="digital_maturity_one_complete",
            ),
            models.UniqueConstraint(
                fields=["service", "scale"], condition=Q(state="draft"),
                name="digital_maturity_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", level__isnull=True, completed__isnull=True)
                | Q(state__in=["complete", "superseded"], level__isnull=False,
                    completed__isnull=False),
                name="digital_maturity_level_when_complete",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded__isnull=False)
                | (~Q(state="superseded") & Q(superseded__isnull=True)),
                name="digital_maturity_superseded_has_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service}: {self.level if self.level is not None else self.state}"
