"""Assisted sessions: a helper works on a citizen's case while the citizen is there."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account

STATES = {"offered": _("waiting for the helper"), "live": _("running"), "ended": _("ended")}
VERBS = {
    "joined": _("The helper came in."),
    "looked": _("The helper looked at a page."),
    "filled": _("The helper filled in fields."),
    "confirmed": _("You have checked what was filled in."),
    "ended": _("The session ended."),
}
# A code is read out at once; a helper who does nothing, and a citizen whose page is shut, are gone.
CODE_LASTS: Final = timedelta(minutes=5)
HELPER_IDLE: Final = timedelta(minutes=10)
CITIZEN_AWAY: Final = timedelta(minutes=3)
LONGEST: Final = timedelta(minutes=90)


class AssistSession(models.Model):
    """One session about one case. `code_sealed` is shown to the citizen until a helper has come.

    It lives only while both are there: `helper_seen`, `citizen_seen`. `confirmed` is when the
    citizen checked what the helper had filled in, `revision` that of the case then.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    helper = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=7, choices=list(STATES.items()), default="offered")
    code_sealed = models.BinaryField(null=True)
    code_digest = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    joined = models.DateTimeField(null=True, blank=True)
    helper_seen = models.DateTimeField(null=True, blank=True)
    citizen_seen = models.DateTimeField(default=clock.now)
    confirmed = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("assisted session")
        verbose_name_plural = _("assisted sessions")
        ordering = ("-created", "-id")
        indexes = [models.Index(fields=["case", "-created"], name="digital_forum_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="digital_forum_assist_state"
            ),
            models.CheckConstraint(
                condition=Q(ended_by__in=["", "helper", "citizen", "idle", "sent"]),
                name="digital_forum_assist_ended_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="live")
                | Q(helper__isnull=False, joined__isnull=False, helper_seen__isnull=False),
                name="digital_forum_live_has_a_helper",
            ),
            # Nobody who has left can be shown the code again.
            models.CheckConstraint(
                condition=Q(state="offered") | Q(code_sealed=None, code_digest=""),
                name="digital_forum_code_only_before",
            ),
            models.UniqueConstraint(
                fields=["code_digest"], condition=~Q(code_digest=""),
                name="digital_forum_code_once",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["offered", "live"]),
                name="digital_forum_one_session",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case}: {self.state}"

    @property
    def code(self) -> str:
        """What the citizen reads out; empty once a helper has come."""
        return sealing.unseal(self.code_sealed)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended, or should have: nobody there, or too long."""
        if self.state == "offered":
            return self.created + CODE_LASTS <= now
        if self.state == "ended" or self.joined is None or self.helper_seen is None:
            return True
        return (
            self.helper_seen + HELPER_IDLE <= now
            or self.citizen_seen + CITIZEN_AWAY <= now
            or self.joined + LONGEST <= now
        )


class AssistAction(models.Model):
    """One line of the trail that the citizen sees: what, on which page, which fields; no values."""

    session = models.ForeignKey(AssistSession, on_delete=models.CASCADE, related_name="actions")
    at = models.DateTimeField(default=clock.now)
    verb = models.CharField(max_length=9, choices=list(VERBS.items()))
    step = models.CharField(max_length=80, blank=True)
    fields = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("step of an assisted session")
        verbose_name_plural = _("steps of assisted sessions")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=list(VERBS)), name="digital_forum_action_verb"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.verb}"
