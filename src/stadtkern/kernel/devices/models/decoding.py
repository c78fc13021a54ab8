"""Messages decoded again, and what they gave before, so that it can be undone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class RunState(models.TextChoices):
    """How far a run has come."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


# States in which somebody has to work on a run.
OPEN = (RunState.WAITING, RunState.RUNNING, RunState.UNDOING)


class Redecoding(models.Model):
    """One run: the messages of these devices in this time, through their present codecs.

    `version` and `outcome` narrow the messages to those read with this version of their codec and
    to those with this outcome. `cursor` is the id of the last message that is finished; with the
    counts it moves on in the transaction that writes the observations, so that a run that was
    interrupted goes on where it was. What it replaced is kept until `kept_until`.
    """

    author = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now)
    finished = models.DateTimeField(null=True)
    moved = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    stop = models.BooleanField(default=False, db_default=False)
    devices = models.JSONField(default=list)
    start = models.DateTimeField()
    end = models.DateTimeField()
    version = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    uplinks = models.PositiveIntegerField(default=0)
    observations = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    kept_until = models.DateTimeField()

    class Meta:
        verbose_name = _("run of messages decoded again")
        verbose_name_plural = _("runs of messages decoded again")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["moved"], name="devices_redecoding_open", condition=Q(state__in=OPEN)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=models.F("end")), name="devices_redecoding_has_a_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Reread(models.Model):
    """A message that a run changed: how it stood before, and what the run wrote for it.

    `wrote` are pairs of datastream and observation.
    """

    run = models.ForeignKey(Redecoding, on_delete=models.CASCADE, related_name="reread")
    uplink = models.BigIntegerField()
    time = models.DateTimeField()
    device = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=500, blank=True)
    codec_version = models.PositiveIntegerField(null=True)
    wrote = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["uplink"], name="devices_reread_uplink")]
        constraints = [
            models.UniqueConstraint(fields=["run", "uplink"], name="devices_reread_once_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.uplink}"


class Replaced(models.Model):
    """An observation that a run took away: its row as it was, with its id and quality."""

    run = models.ForeignKey(Redecoding, on_delete=models.CASCADE, related_name="replaced")
    uplink = models.BigIntegerField()
    row = models.JSONField()

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["run", "uplink"], name="devices_replaced_uplink")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.uplink}"
