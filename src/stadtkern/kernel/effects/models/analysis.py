"""One calculation: its input, its result, and whether everybody may read it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.effects.models.intervention import Intervention


class Analysis(models.Model):
    """An analysis is frozen when it is done: the database refuses another input or result.

    `plan`: what could be seen, reckoned before the measure begins. `effect`: what it did.
    """

    PLAN, EFFECT = "plan", "effect"
    PURPOSES = ((PLAN, _("what could be seen")), (EFFECT, _("effect")))
    STATES = (
        ("waiting", _("waiting")),
        ("done", _("done")),
        ("failed", _("failed")),
    )
    VERDICTS = (
        ("effect", _("effect found")),
        ("none", _("no effect to be seen")),
        ("unclear", _("cannot be told from these data")),
    )

    intervention = models.ForeignKey(
        Intervention, on_delete=models.CASCADE, related_name="analyses"
    )
    purpose = models.CharField(max_length=10, choices=PURPOSES, default=EFFECT)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    author = models.CharField(max_length=200)
    created = models.DateTimeField(default=clock.now, editable=False)
    finished = models.DateTimeField(null=True)
    input = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=80, blank=True)
    result = models.JSONField(null=True)
    verdict = models.CharField(max_length=10, choices=VERDICTS, blank=True)
    as_planned = models.BooleanField(default=False)
    problem = models.CharField(max_length=500, blank=True)
    published = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    checked = models.DateTimeField(null=True)
    same = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(finished__isnull=False, input__isnull=False, result__isnull=False),
                name="effects_analysis_done_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(published=None) | Q(state="done", purpose="effect"),
                name="effects_analysis_published_when_done",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=None) | Q(published__isnull=False),
                name="effects_analysis_withdrawn_after_it_was_published",
            ),
            models.UniqueConstraint(
                fields=["intervention"],
                condition=Q(published__isnull=False, withdrawn=None),
                name="effects_analysis_one_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention}: {self.purpose} {self.pk}"

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.published is not None and self.withdrawn is None
