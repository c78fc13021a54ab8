"""The forum's screens, what is counted on them, and documents that go from there to a phone."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.cases.models import Document

OUTCOMES = {
    "begun": _("begun"), "yes": _("it worked"), "partly": _("partly"), "no": _("it did not work"),
    "silent": _("ended without an answer"), "idle": _("left alone"),
}  # fmt: skip


def new_token() -> str:
    """What opens a screen: nobody guesses it."""
    return secrets.token_urlsafe(18)


class Screen(models.Model):
    """A screen that belongs to the room. Its browser is set up with the address of `token`."""

    name = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    active = models.BooleanField(default=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("screen")
        verbose_name_plural = _("screens")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ScreenCount(models.Model):
    """How often a topic was begun at a screen on a day, or ended so; never who.

    `page` is the kind of page on which it ended (`service_portal:step`), where people drop off.
    """

    day = models.DateField()
    screen = models.ForeignKey(Screen, on_delete=models.CASCADE, related_name="counts")
    topic = models.CharField(max_length=20)
    outcome = models.CharField(max_length=6, choices=list(OUTCOMES.items()))
    page = models.CharField(max_length=80, blank=True)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count of a screen")
        verbose_name_plural = _("counts of screens")
        ordering = ("-day", "screen")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "screen", "topic", "outcome", "page"],
                name="digital_forum_counted_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=list(OUTCOMES)), name="digital_forum_count_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.topic}, {self.outcome}"


class Pickup(models.Model):
    """A document that may be fetched once with a code, within minutes. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("document to fetch")
        verbose_name_plural = _("documents to fetch")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(expires__gt=F("created")), name="digital_forum_pickup_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}"
