"""Outside portals that sell boxes too, and what keeps them in step: changes and notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey
from stadtkern.systems.bike_boxes.models.box import Facility

NOTICE_STATES = {
    "waiting": _("waiting"),
    "sent": _("sent"),
    "dead": _("given up"),
}


class Partner(models.Model):
    """A portal with a key of its own; its bookings have `partner:<slug>` as their source.

    `webhook` is where it hears of changes, each signed with `secret` (sealed).
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    key = models.OneToOneField(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    active = models.BooleanField(default=True)
    webhook = models.URLField(max_length=500, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What stands in the bookings that it made."""
        return f"partner:{self.slug}"


class Change(models.Model):
    """Something about a facility's boxes changed; numbers grow in the order of commits."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60, blank=True)
    booking = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change for partners")
        verbose_name_plural = _("changes for partners")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.facility_id} {self.state}"


class Notice(models.Model):
    """A change on its way to one partner's webhook; after the last try a dead letter.

    A partner's notices leave in the order of changes. Who sends one moves `due` first, so that no
    second worker does.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="notices")
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=list(NOTICE_STATES.items()), default="waiting")
    due = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("notice to a partner")
        verbose_name_plural = _("notices to partners")
        ordering = ("-change",)
        indexes = [
            models.Index(
                fields=["partner", "change"],
                name="bike_boxes_notice_next",
                condition=models.Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["partner", "change"], name="bike_boxes_told_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=list(NOTICE_STATES)), name="bike_boxes_notice_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.change_id}"
