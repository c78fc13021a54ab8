"""Calendars outside: what clerks' own calendars say, and secret links for theirs to read ours."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models.resource import Resource, Unit

KINDS = {"ics": _("calendar file (ICS)"), "caldav": _("calendar server (CalDAV)")}


def new_secret() -> str:
    """What nobody guesses: 256 bits."""
    return secrets.token_urlsafe(32)


class Source(models.Model):
    """An outside calendar whose events are absences of a unit. The password is sealed.

    What the last reading brought stays until the next one succeeds; `problem` says why it did not.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=6, choices=list(KINDS.items()), default="ics")
    url = models.CharField(max_length=500)
    user = models.CharField(max_length=200, blank=True)
    secret = models.BinaryField(null=True, blank=True)
    active = models.BooleanField(default=True)
    etag = models.CharField(max_length=200, blank=True)
    checked = models.DateTimeField(null=True, blank=True)
    read = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("outside calendar")
        verbose_name_plural = _("outside calendars")
        ordering = ("unit", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)), name="bookings_source_kind_is_known"
            ),
            models.UniqueConstraint(fields=["unit", "url"], name="bookings_source_once"),
        ]

    def __str__(self) -> str:
        return self.url


class Feed(models.Model):
    """A secret link under which staff read a resource's, or a unit's, bookings as a calendar."""

    secret = models.CharField(max_length=50, unique=True, default=new_secret, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="feeds")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="feeds"
    )
    account = models.ForeignKey(
        "people.Account", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)
