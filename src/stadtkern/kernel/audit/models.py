"""The audit log: one row per deed."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Entry(models.Model):
    """One deed: who (an account, a key, or the system), what, on which row, with which details."""

    at = models.DateTimeField(default=clock.now, db_index=True, editable=False)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["target", "verb"], name="audit_entry_target")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.target}"


def record(actor: Any, verb: str, target: Any = "", **details: Any) -> Entry:
    """Write one entry in the caller's transaction: no deed without its entry, nor the reverse."""
    name = actor if isinstance(actor, str) else f"account:{actor.pk}"
    label = target if isinstance(target, str) else f"{target._meta.label_lower}:{target.pk}"
    return Entry.objects.create(actor=name, verb=verb, target=label, details=details)


def record_all(actor: str, verb: str, targets: Sequence[str]) -> None:
    """Write one entry for each of these targets, all in one statement."""
    Entry.objects.bulk_create(
        [Entry(actor=actor, verb=verb, target=target) for target in targets], batch_size=1000
    )
