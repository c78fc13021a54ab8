"""Signs of life of the processes: what operators and `/health/` look at."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models

from stadtkern.kernel import clock

# A process that missed three heartbeats is called silent.
EVERY = timedelta(seconds=10)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Questions about processes."""

    def alive(self) -> Self:
        """Processes heard from lately."""
        return self.filter(at__gte=clock.now() - EVERY * 3)


class Heartbeat(models.Model):
    """The last sign of life of one process, `<role>@<host>:<pid>`, with its counters."""

    name = models.CharField(max_length=120, primary_key=True)
    role = models.CharField(max_length=20, db_index=True)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)

    objects: ClassVar[HeartbeatQuerySet] = HeartbeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("role", "name")

    def __str__(self) -> str:
        return self.name


def beat(name: str, role: str, **details: Any) -> None:
    """Note that this process lives; forget processes silent for a day."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"role": role, "at": clock.now(), "details": details}
    )
    Heartbeat.objects.filter(at__lt=clock.now() - timedelta(days=1)).delete()
