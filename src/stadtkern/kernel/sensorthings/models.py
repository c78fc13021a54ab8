"""What was answered to a POST with an `Idempotency-Key`, so that a repeat changes nothing."""

from django.db import models

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey


class IdempotentRequest(models.Model):
    """One such request and its answer, committed together with what it created."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    entity = models.CharField(max_length=40, default="")
    number = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "key"], name="sensorthings_idempotent_key_once"
            ),
        ]
        indexes = [models.Index(fields=["created"], name="sensorthings_idempotent_age")]

    def __str__(self) -> str:
        return f"{self.key}: {self.entity}({self.number})"
