"""Imports of device repositories that staff have asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class RepositoryImport(models.Model):
    """A device repository on its way in, and what became of it.

    The `archive` stays only until it has been read. `done` of `total` vendors are read; `report` is
    `repository.Report` as JSON, `problem` why nothing could be read. `heard` is the last sign of
    life of the process that reads it.
    """

    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200)
    archive = models.BinaryField(null=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    heard = models.DateTimeField(null=True, editable=False)
    finished = models.DateTimeField(null=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    report = models.JSONField(default=dict, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("repository import")
        verbose_name_plural = _("repository imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title
