"""What happens at counters: whether one is open, whom it called, what was asked of it and when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.appointments.models.queue import QueueEntry

# How a call ended.
OUTCOMES = {
    "": _("open"),
    "finished": _("finished"),
    "skipped": _("skipped"),
    "missed": _("did not come"),
    "parked": _("parked"),
    "forwarded": _("forwarded"),
}


class Desk(models.Model):
    """A counter as it is now: who sits there, whether it pauses, whether somebody needs help.

    Who sat there is forgotten when they leave.
    """

    counter = models.OneToOneField(
        "bookings.Unit", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    account = models.OneToOneField(
        "people.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    paused = models.BooleanField(default=False)
    since = models.DateTimeField(default=clock.now)
    alarm = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")

    def __str__(self) -> str:
        return str(self.counter_id)


class Presence(models.Model):
    """From when until when a counter was open. It does not say by whom."""

    counter = models.ForeignKey("bookings.Unit", on_delete=models.CASCADE, related_name="+")
    began = models.DateTimeField(default=clock.now)
    ended = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("open time of a counter")
        verbose_name_plural = _("open times of counters")
        indexes = [models.Index(fields=["began"], name="appointments_presence_began")]
        constraints = [
            models.UniqueConstraint(
                fields=["counter"], condition=Q(ended=None), name="appointments_one_presence"
            ),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(ended__gte=F("began")),
                name="appointments_presence_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counter_id} {self.began}"


class Call(models.Model):
    """A counter called somebody; `count` says how often, `served` when they stood there.

    At most one open call of a counter, and of a person: the database says so.
    """

    entry = models.ForeignKey(QueueEntry, on_delete=models.CASCADE, related_name="call_set")
    counter = models.ForeignKey("bookings.Unit", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    last = models.DateTimeField(default=clock.now)
    count = models.PositiveSmallIntegerField(default=1)
    served = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True, choices=list(OUTCOMES.items()))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ("-last", "-id")
        indexes = [models.Index(fields=["-last"], name="appointments_calls_last")]
        constraints = [
            models.UniqueConstraint(
                fields=["counter"], condition=Q(ended=None), name="appointments_call_per_counter"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(ended=None), name="appointments_call_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended=None, outcome="") | (Q(ended__isnull=False) & ~Q(outcome="")),
                name="appointments_call_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.counter_id}"


class Deed(models.Model):
    """What a desk has asked for, by the key its browser gave it: sent again, it is done once."""

    key = models.CharField(max_length=60, primary_key=True)
    counter = models.ForeignKey("bookings.Unit", on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now, db_index=True)
    entry = models.ForeignKey(
        QueueEntry, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("deed of a desk")
        verbose_name_plural = _("deeds of desks")

    def __str__(self) -> str:
        return f"{self.verb} {self.at}"
