"""What somebody owes whose bicycle stayed, and how often they were asked for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.bike_boxes.models.trouble import Rescue


class Fee(models.Model):
    """The charge for one bicycle that stayed for `days` beyond its rental.

    `next_step` is when it is reminded of once more, or goes to the treasury (`collected`).
    Whether it is paid or cancelled the charge says.
    """

    rescue = models.OneToOneField(Rescue, on_delete=models.CASCADE, related_name="fee")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    reminders = models.PositiveSmallIntegerField(default=0)
    next_step = models.DateTimeField(null=True, blank=True)
    collected = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("fee for a late return")
        verbose_name_plural = _("fees for late returns")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["next_step"],
                condition=models.Q(collected=None, next_step__isnull=False),
                name="bike_boxes_fee_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rescue_id} {self.days}"
