"""Examinations of tables, what they propose, what people decide, and what was made of it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models import Dataset, Resource


class Examination(models.Model):
    """A look at one table as it was then; its rows are kept, so that all of it can be repeated.

    `resource` is empty for measurements of a dataset: then `observed` says which property of its
    things, and `days` how far back. `rows` are compressed JSON, one row a line.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES: ClassVar = {
        WAITING: _("waiting"), RUNNING: _("running"), DONE: _("ready"), FAILED: _("failed"),
    }  # fmt: skip

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    observed = models.CharField(max_length=80, blank=True)
    days = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=300)
    version = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list)
    rows = models.BinaryField(null=True)
    count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    # The column that names a row, where one does.
    key = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, default=WAITING)
    problem = models.TextField(blank=True)
    code = models.CharField(max_length=60, blank=True)
    packages = models.JSONField(default=dict)
    # Findings beyond the most that are kept.
    left = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=200)
    created = models.DateTimeField(default=clock.now, db_index=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("examination of a table")
        verbose_name_plural = _("examinations of tables")
        ordering = ("-created", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running", "done", "failed")),
                name="data_improvement_examination_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(digest="") & Q(rows__isnull=False)),
                name="data_improvement_done_has_rows",
            ),
            models.UniqueConstraint(
                fields=["resource"], name="data_improvement_one_at_a_time",
                condition=Q(state__in=("waiting", "running"), resource__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Questions about proposals."""

    def open(self) -> Self:
        """What nobody has decided yet."""
        return self.filter(state=Proposal.OPEN)

    def accepted(self) -> Self:
        """What is applied next."""
        return self.filter(state=Proposal.ACCEPTED)


class Proposal(models.Model):
    """One finding and its repair; `cells` are (row, column, old, new), see `recipes.Step`."""

    OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"
    STATES: ClassVar = {
        OPEN: _("open"), ACCEPTED: _("accepted"), REFUSED: _("refused"),
    }  # fmt: skip

    examination = models.ForeignKey(Examination, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    action = models.CharField(max_length=10)
    column = models.CharField(max_length=60, blank=True)
    cells = models.JSONField(default=list)
    size = models.PositiveIntegerField(default=0)
    to = models.JSONField(default=dict)
    reason = models.CharField(max_length=40)
    said = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    confidence = models.FloatField()
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=OPEN)
    decided_by = models.CharField(max_length=200, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ProposalQuerySet] = ProposalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("number",)
        indexes = [
            models.Index(
                fields=["examination", "kind", "state"], name="data_improvement_proposal_kind"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["examination", "number"], name="data_improvement_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "accepted", "refused")),
                name="data_improvement_proposal_state",
            ),
            models.CheckConstraint(
                condition=Q(action__in=("set", "drop", "cast", "fill", "describe")),
                name="data_improvement_proposal_action",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="data_improvement_confidence_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(state="open") ^ (Q(decided__isnull=False) & ~Q(decided_by="")),
                name="data_improvement_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(refusal=""),
                name="data_improvement_refused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.examination_id}/{self.number}"


class Improvement(models.Model):
    """An improved table that the city publishes beside the original, and how it was made.

    `recipe` is exactly what people download; `resource` holds the rows, `version` says which.
    """

    examination = models.ForeignKey(
        Examination, on_delete=models.RESTRICT, related_name="improvements"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=300)
    version = models.PositiveIntegerField(default=0)
    recipe = models.TextField()
    digest = models.CharField(max_length=64)
    changed = models.JSONField(default=dict)
    cells = models.PositiveIntegerField(default=0)
    misfits = models.JSONField(default=list)
    links = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    # Of several for one table only the newest is shown; none where it was withdrawn.
    current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("improved table")
        verbose_name_plural = _("improved tables")
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["resource"], condition=Q(current=True, resource__isnull=False),
                name="data_improvement_one_current",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
