"""What a case needs only while it is filled in, and what proves a guest's mailbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models.case import Case


class Draft(models.Model):
    """A case that is being filled in; gone as soon as it is sent or ended.

    `steps` says of each saved step at which revision of the case and when:
    `{"vehicle": {"revision": 3, "at": "2026-11-23T16:01:00+00:00"}}`. `typed` is what was typed
    and could not be saved, by page: `{"vehicle": {"said": {name: [..]}, "saved": false}}`.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="draft")
    steps = models.JSONField(default=dict, blank=True)
    typed_sealed = models.BinaryField(null=True)
    reminded = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.case)


class MailCode(models.Model):
    """A code that was mailed to a guest: who enters it reads that mailbox. Only its digest."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="mail_code")
    digest = models.CharField(max_length=64)
    sent = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("mailed code")
        verbose_name_plural = _("mailed codes")

    def __str__(self) -> str:
        return str(self.case)
