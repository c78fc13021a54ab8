"""What people pay here: the start of a right, or more time for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.parking_tickets.models.session import Session

PURCHASE_STATES = {
    "open": _("waiting for payment"),
    "done": _("paid"),
    "void": _("not needed"),
}


class Purchase(models.Model):
    """A charge of a right that is sold here: `until` and `cents` hold when it is paid."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="purchases")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    until = models.DateTimeField()
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=4, choices=list(PURCHASE_STATES.items()), default="open")
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("purchase of time")
        verbose_name_plural = _("purchases of time")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["start", "extend"]), name="parking_tickets_purchase_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(PURCHASE_STATES)), name="parking_tickets_purchase_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.kind}"
