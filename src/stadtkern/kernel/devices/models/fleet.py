"""What staff keep about the list of devices: filters with a name, and changes to many at once."""

from django.db import models
from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account


class SavedFilter(models.Model):
    """A filter of the list of devices, as its address says it: a person's own, or everybody's."""

    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="devices_savedfilter_once"),
            models.CheckConstraint(condition=~Q(name=""), name="devices_savedfilter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FleetChange(models.Model):
    """One change to many devices. `before` and `after` hold a field's value by device id."""

    at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    field = models.CharField(max_length=20)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.field} {self.at:%Y-%m-%d %H:%M}"
