"""Who sells parking besides the city: the providers of the apps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey


class Operator(models.Model):
    """A provider that sells parking in an app, and what it asks of drivers on top.

    `surcharge` is `{"per_mille": 150, "least_cents": 15, "flat_cents": 0, "monthly_cents": 0}`: the
    provider's own, shown to drivers, never the city's money.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)
    keys = models.ManyToManyField(ApiKey, blank=True, related_name="+")
    surcharge = models.JSONField(default=dict, blank=True)
    contact = models.EmailField(blank=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("app provider")
        verbose_name_plural = _("app providers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """A request of a provider that was refused: what was wrong, never what was written."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="refusals")
    at = models.DateTimeField(default=clock.now, db_index=True)
    deed = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=250)

    class Meta:
        verbose_name = _("refused request")
        verbose_name_plural = _("refused requests")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.operator} {self.status} {self.field}"
