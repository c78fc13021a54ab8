"""A file that somebody uploaded, on its way to becoming tables of a dataset."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models.dataset import Dataset
from stadtkern.kernel.catalogue.models.file import StoredFile
from stadtkern.kernel.catalogue.models.resource import Resource


class Upload(models.Model):
    """`sheets` is what we understood of it and what people corrected (`files.sheet.Sheet`).

    `resource` is set where the file is a new version of that table. `done_rows` of `all_rows`
    tells how far the reading is; `problem` is why it failed, in a sentence.
    """

    WAITING, READING, READY, FAILED, TAKEN = "waiting", "reading", "ready", "failed", "taken"

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uploads")
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    state = models.CharField(max_length=8, default=WAITING)
    sheets = models.JSONField(default=list)
    done_rows = models.BigIntegerField(default=0)
    all_rows = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    by = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-created", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "reading", "ready", "failed", "taken")),
                name="catalogue_upload_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(done_rows__gte=0, all_rows__gte=0),
                name="catalogue_upload_counts_rows",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") ^ Q(problem=""),
                name="catalogue_upload_failed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id}: {self.file_id}"
