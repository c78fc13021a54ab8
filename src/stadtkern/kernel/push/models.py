"""Who wants which topics, what was announced, and what of it went to whom."""

import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


def new_token() -> str:
    """What a browser shows to change or end its own subscription."""
    return secrets.token_urlsafe(24)


def digest_of(endpoint: str) -> str:
    """SHA-256 of an endpoint in hex: addresses are longer than an index likes."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


class Key(models.Model):
    """The key pair that push services know the city by (RFC 8292); there is one row."""

    public = models.CharField(max_length=100)
    private = models.BinaryField()
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("key for push messages")
        verbose_name_plural = _("keys for push messages")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="push_one_key")]

    def __str__(self) -> str:
        return self.public


class Subscription(models.Model):
    """A browser that wants messages; it belongs to no account, and nothing says whose it is.

    Between `quiet_from` and `quiet_until`, times of the city's clocks, only urgent ones come.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    endpoint = models.TextField()
    public = models.CharField(max_length=100)
    secret = models.BinaryField()
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    topics = ArrayField(models.CharField(max_length=80), default=list)
    language = models.CharField(max_length=5, default="de")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")
        constraints = [
            models.CheckConstraint(condition=~Q(topics=[]), name="push_wants_something"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="push_quiet_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class Announcement(models.Model):
    """One message about one topic; `key` makes it one, however often it is announced.

    `page` and `args` name the page it leads to; after `until` it is not sent any more.
    """

    key = models.CharField(max_length=200, unique=True)
    topic = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)
    page = models.CharField(max_length=80)
    args = models.JSONField(default=list)
    urgent = models.BooleanField(default=False)
    until = models.DateTimeField()
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.title


class Sending(models.Model):
    """An announcement on its way to one browser, or arrived at its push service."""

    STATES = (
        ("waiting", _("waiting")),
        ("sent", _("sent")),
        ("failed", _("failed")),
        ("over", _("over")),
    )

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="sendings"
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="sendings"
    )
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    due = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    sent = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("push message")
        verbose_name_plural = _("push messages")
        indexes = [models.Index(fields=["due"], condition=Q(state="waiting"), name="push_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "subscription"], name="push_once_per_subscription"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "sent", "failed", "over")),
                name="push_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} > {self.subscription_id}"
