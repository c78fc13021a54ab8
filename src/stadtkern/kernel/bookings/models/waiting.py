"""Waiting lists: who wants what becomes free, in the order of asking, with offers that expire."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models.booking import Booking
from stadtkern.kernel.bookings.models.resource import Resource

STATES = {
    "waiting": _("waiting"),
    "offered": _("offered"),
    "taken": _("taken"),
    "declined": _("declined"),
    "withdrawn": _("withdrawn"),
    "over": _("over"),
}


class Wish(models.Model):
    """Somebody waits for a span of `minutes` (0: the resource's whole span) between two instants.

    `replaces` is the later booking that is given up when an earlier slot is taken. An offer is a
    hold, `offer`; when it runs out the next one is asked, and the wish goes on waiting until it
    was asked as often as its kind allows.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    resources = models.ManyToManyField(Resource, related_name="wishes")
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="waiting")
    earliest = models.DateTimeField()
    latest = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=0)
    quantity = models.PositiveIntegerField(default=1)
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="de")
    subject = models.CharField(max_length=120, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    offer = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="wish"
    )
    replaces = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    offers = models.PositiveSmallIntegerField(default=0)
    # Beginnings of what was offered and not taken: it is not offered again.
    passed = ArrayField(models.DateTimeField(), default=list, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    erased = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list entries")
        ordering = ("created", "id")
        indexes = [
            models.Index(
                fields=["kind", "created"], condition=Q(state="waiting"), name="bookings_waiting"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latest__gt=F("earliest")), name="bookings_wish_has_a_span"
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer__isnull=False),
                name="bookings_offered_is_an_offer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
