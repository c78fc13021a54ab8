"""Addresses of other programs that hear of alerts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Webhook(models.Model):
    """An address that gets a signed POST for each message; `secret` is sealed, never shown."""

    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    secret = models.BinaryField(editable=False)
    on = models.BooleanField(default=True, db_default=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title
