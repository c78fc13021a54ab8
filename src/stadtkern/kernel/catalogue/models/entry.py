"""What the search knows of a dataset."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from stadtkern.kernel.catalogue.models.dataset import Dataset


class Entry(models.Model):
    """A dataset's words, formats and area. The database writes it by triggers; only `used` is ours.

    `names` are the words of titles, keywords and columns as people wrote them. The box is that
    of the dataset, or of all its rows. `used` counts visits of late.
    """

    dataset = models.OneToOneField(
        Dataset, primary_key=True, on_delete=models.DO_NOTHING, related_name="entry"
    )
    words = SearchVectorField()
    names = models.TextField()
    formats = ArrayField(models.CharField(max_length=40))
    columns = ArrayField(models.CharField(max_length=60))
    spatial = models.BooleanField()
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    used = models.BigIntegerField(default=0)
    written = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.dataset_id)
