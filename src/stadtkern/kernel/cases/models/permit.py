"""What a decision gave somebody the right to: a permit that others can look up."""

from datetime import date
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases import digest


class PermitQuerySet(models.QuerySet["Permit"]):
    """Questions about permits."""

    def valid(self, kind: str, subject: str, on: date) -> Self:
        """Permits of this kind for this subject (a number plate) that hold on a day."""
        return self.about(subject).filter(kind=kind, state="valid", days__contains=on)

    def about(self, subject: str) -> Self:
        """Permits for this subject, however its letters and digits are parted."""
        return self.filter(subject_key__in=digest.digests(subject))


class Permit(models.Model):
    """A right that the city gave, such as parking where one lives.

    `subject` is what it is for, spelt as it is compared (`HERAB123`): sealed, found by its digest.
    `data` says the rest, such as `{"zone": "3"}`. `days` is half open. It outlives the erasure of
    its case.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    kind = models.SlugField(max_length=60)
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="permits"
    )
    subject_sealed = models.BinaryField(null=True)
    subject_key = models.CharField(max_length=64, blank=True)
    holder_sealed = models.BinaryField(null=True)
    data = models.JSONField(default=dict, blank=True)
    days = DateRangeField()
    state = models.CharField(max_length=7, default="valid")
    revoked = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=250, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[PermitQuerySet] = PermitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        ordering = ("-id",)
        indexes = [models.Index(fields=["kind", "subject_key"], name="cases_permit_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="valid", revoked__isnull=True)
                | Q(state="revoked", revoked__isnull=False),
                name="cases_permit_state",
            ),
            # Both go together, when its holder is forgotten.
            models.CheckConstraint(
                condition=Q(subject_sealed__isnull=True, subject_key="")
                | Q(Q(subject_sealed__isnull=False), ~Q(subject_key="")),
                name="cases_permit_is_for_something",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """A dash once it is forgotten."""
        return sealing.unseal(self.subject_sealed) or "–"

    @subject.setter
    def subject(self, text: str) -> None:
        self.subject_sealed = sealing.seal(text)
        self.subject_key = digest.digest(digest.plain(text))
