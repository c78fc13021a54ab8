"""Programs of others that read our charging points through OCPI."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

STATES = {"invited": _("invited"), "registered": _("registered"), "off": _("switched off")}


class OcpiPartner(models.Model):
    """A partner with its tokens: ours to it (A, then C) as digests, its own to us (B) sealed.

    OCPI 2.2.1, 7: with token A it registers once; then A is not valid any more and C is.
    """

    name = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="invited")
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(null=True, blank=True)
    url = models.URLField(max_length=300, blank=True)
    country_code = models.CharField(max_length=2, blank=True)
    party_id = models.CharField(max_length=3, blank=True)
    roles = models.JSONField(default=list, blank=True)
    endpoints = models.JSONField(default=list, blank=True)
    created = models.DateTimeField(default=clock.now)
    registered = models.DateTimeField(null=True, blank=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("OCPI partner")
        verbose_name_plural = _("OCPI partners")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="charging_partner")
        ]

    def __str__(self) -> str:
        return self.name
