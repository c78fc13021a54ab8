"""A visit to the forum, booked or not, with what it was about and whether it worked out online."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Resource

REASONS = {
    "apply": _("Apply for something online"),
    "account": _("Set up an account or the online identity card"),
    "benefits": _("Find social benefits"),
    "appointment": _("Book an appointment with an office"),
    "print": _("Print or scan"),
    "other": _("Something else"),
}
STATES = {
    "waiting": _("waiting"), "here": _("being helped"), "done": _("done"), "left": _("left"),
}  # fmt: skip
DIGITAL = {"yes": _("finished online"), "partly": _("partly online"), "no": _("not online")}
# Where it stopped, when it did not work out online.
STOPPED = {
    "account": _("signing in"), "level": _("proof of identity"), "form": _("filling in the form"),
    "documents": _("documents are missing"), "payment": _("paying"),
    "not_offered": _("not offered online"), "other": _("something else"),
}  # fmt: skip


class Visit(models.Model):
    """Somebody in the forum. The name is only to call them; it goes after 30 days (`erased`).

    `digital` is how it ended; `stopped` where, if not wholly online. Both are for counting.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=12, choices=list(REASONS.items()))
    state = models.CharField(max_length=7, choices=list(STATES.items()), default="waiting")
    arrived = models.DateTimeField(default=clock.now)
    begun = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    digital = models.CharField(max_length=6, choices=list(DIGITAL.items()), blank=True)
    stopped = models.CharField(max_length=12, choices=list(STOPPED.items()), blank=True)
    erased = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ("arrived", "id")
        indexes = [models.Index(fields=["resource", "arrived"], name="digital_forum_visits")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=list(REASONS)), name="digital_forum_visit_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="digital_forum_visit_state"
            ),
            models.CheckConstraint(
                condition=Q(digital__in=["", *DIGITAL]), name="digital_forum_visit_digital"
            ),
            models.CheckConstraint(
                condition=Q(stopped__in=["", *STOPPED]), name="digital_forum_visit_stopped"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(ended__isnull=False) & ~Q(digital="")),
                name="digital_forum_done_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.arrived:%d.%m. %H:%M}"
