"""Files that people gave, kept in the database: one backup holds all, every replica has them."""

from django.db import models
from django.db.models import Q

from stadtkern.kernel import clock


class StoredFile(models.Model):
    """A file as it came, never changed; `sha256` in hexadecimal digits."""

    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="catalogue_file_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.name
