"""What was answered to a POST with an `Idempotency-Key`, so that a repeat changes nothing."""

from django.db import models

from stadtkern.kernel import clock


class IdempotentRequest(models.Model):
    """One such request and its answer, committed together with what it created.

    `holder` is the key or token it came with. `told` is what became of each row of many: its id, or
    why there is none.
    """

    holder = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    entity = models.CharField(max_length=40, default="")
    number = models.BigIntegerField(default=0)
    told = models.JSONField(default=list)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "key"], name="sensorthings_idempotent_key_once"
            ),
        ]
        indexes = [models.Index(fields=["created"], name="sensorthings_idempotent_age")]

    def __str__(self) -> str:
        return f"{self.key}: {self.entity}({self.number})"
