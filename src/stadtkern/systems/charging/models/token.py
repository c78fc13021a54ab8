"""What people charge with: a card or an app's token, without the name of anybody."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

KINDS = {
    "RFID": _("card"),
    "APP_USER": _("app"),
    "AD_HOC_USER": _("without a contract"),
    "OTHER": _("other"),
}


class Token(models.Model):
    """A token is found by the keyed digest of its number; `sealed` is the number itself."""

    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    kind = models.CharField(max_length=12, choices=list(KINDS.items()), default="RFID")
    label = models.CharField(max_length=80, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    blocked = models.BooleanField(default=False)
    # One card, one car at a time; a fleet's may have more.
    at_once = models.PositiveSmallIntegerField(default=1)
    created = models.DateTimeField(default=clock.now)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ("label", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="charging_token_kind"),
            models.CheckConstraint(condition=Q(at_once__gte=1), name="charging_token_at_once"),
        ]

    def __str__(self) -> str:
        return self.label or f"Token {self.pk}"
