"""What the checks and scores last said of a dataset's record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models.dataset import Dataset

# Records with a problem, kept as [code, where, detail, must], that has to be put right.
MUST = Q(problems__contains=[[True]])


class Judgement(models.Model):
    """`problems` are [path, German, English]; `points` of 405 by the European quality score.

    `govdata` counts the rules of GovData's dashboard that the record breaks.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, related_name="judgement")
    at = models.DateTimeField(default=clock.now)
    problems = models.JSONField(default=list)
    points = models.PositiveSmallIntegerField(default=0)
    govdata = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("judgement of a record")
        verbose_name_plural = _("judgements of records")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.dataset_id}: {self.points}"
