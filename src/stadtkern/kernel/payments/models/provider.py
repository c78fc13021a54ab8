"""Who takes money for the city: one row per contract with a payment provider."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Provider(models.Model):
    """A contract: which adapter speaks to which address, with which sealed secret."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    adapter = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    weight = models.SmallIntegerField(default=50)
    settings = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    checked = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("payment provider")
        verbose_name_plural = _("payment providers")
        ordering = ("weight", "slug")

    def __str__(self) -> str:
        return self.title
