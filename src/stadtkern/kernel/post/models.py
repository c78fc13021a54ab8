"""Letters on their way out."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions about letters."""

    def due(self) -> Self:
        """Those that may leave now."""
        return self.filter(state="waiting", due__lte=clock.now())


class Letter(models.Model):
    """One mail or text message. `key` names it for ever, so that it is written once.

    It leaves at `due`, and not after `until`. Who sends it moves `due` first, so that nobody else
    does, and one that died in between has it sent again. `topic` names what it is about, such as
    `booking:7`, for erasure.
    """

    STATES = {
        "waiting": _("waiting"),
        "sent": _("sent"),
        "failed": _("given up"),
        "late": _("too late"),
    }

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=4, default="mail")
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5, default="de")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    # Files as `[{name, type, text}]`: calendar entries.
    files = models.JSONField(default=list, blank=True)
    topic = models.CharField(max_length=80, blank=True, db_index=True)
    state = models.CharField(max_length=7, default="waiting")
    created = models.DateTimeField(default=clock.now, editable=False)
    due = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    sent = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["due"], name="post_due", condition=Q(state="waiting")),
            models.Index(fields=["created"], name="post_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["mail", "sms"]), name="post_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "late"]),
                name="post_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="post_goes_somewhere"),
        ]

    def __str__(self) -> str:
        return self.key
