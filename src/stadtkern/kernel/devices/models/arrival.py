"""Messages that came over HTTP and wait for ingest."""

from django.db import models

from stadtkern.kernel import clock


class Arrival(models.Model):
    """One message, committed before its sender got an answer; ingest takes it and deletes it.

    `network` is the slug of the network by whose door it came; `topic` its path below that door.
    """

    network = models.CharField(max_length=40)
    topic = models.CharField(max_length=300, blank=True)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    received = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.network} {self.received:%Y-%m-%d %H:%M:%S}"
