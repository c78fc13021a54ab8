"""Editions of a table, and the files they come from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models import StoredFile
from stadtkern.systems.statistics.models.table import Table


class Upload(models.Model):
    """A file on its way into a table: how it is read is corrected until it becomes an edition."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="uploads")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    reading = models.JSONField(default=dict)
    created = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.file.name


class Edition(models.Model):
    """One state of all numbers of a table. Numbers of a published edition never change.

    Of the published ones, the newest is what everybody sees; the others stay readable under
    their number. A withdrawn one was public once: what it told is told. `report` says how the
    numbers were protected, `notes` are the file's footnotes.
    """

    DRAFT, READY, PUBLISHED, WITHDRAWN = "draft", "ready", "published", "withdrawn"
    STATES = {
        DRAFT: _("being protected"),
        READY: _("to be published"),
        PUBLISHED: _("published"),
        WITHDRAWN: _("withdrawn"),
    }

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default=DRAFT)
    created = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=200, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reading = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    report = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ("table", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["table", "number"], name="statistics_edition_once_a_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "ready", "published", "withdrawn")),
                name="statistics_edition_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "ready")) ^ Q(published__isnull=False),
                name="statistics_edition_published_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} v{self.number}"

    @property
    def word(self) -> object:
        """Its state in words."""
        return self.STATES[self.state]
