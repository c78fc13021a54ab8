"""How far the rules have looked at observations."""

from django.db import models


class Mark(models.Model):
    """At this instant, this was the newest id given to an observation.

    Ids are given before they are committed, so the rules go on from a mark that is older than the
    oldest transaction of their last look (`alerts.progress`).
    """

    at = models.DateTimeField(primary_key=True)
    newest = models.BigIntegerField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.newest} at {self.at}"
