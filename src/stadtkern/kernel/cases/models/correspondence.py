"""What happens around a case: its timeline, messages, requests, notes, the decision."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases.models.case import OUTCOMES, Case, Document
from stadtkern.kernel.people.models import Account

SOURCES = {
    "portal": _("portal"), "payment": _("payment"), "appointment": _("appointment"),
    "desk": _("desk"), "back_office": _("back office"),
}  # fmt: skip


class StatusEvent(models.Model):
    """One line of the timeline, never changed (a trigger holds that).

    `code` names what happened (`submitted`, `payment.paid`, `document.added`), `data` the details
    without personal data; pages say it in words. `key` makes what is told twice one line.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=clock.now)
    source = models.CharField(max_length=11, choices=list(SOURCES.items()), default="portal")
    code = models.CharField(max_length=60)
    data = models.JSONField(default=dict, blank=True)
    actor = models.CharField(max_length=80, blank=True)
    visible = models.BooleanField(default=True)
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("status event")
        verbose_name_plural = _("status events")
        ordering = ("at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"], condition=~Q(key=""), name="cases_told_once"
            ),
            models.CheckConstraint(
                condition=Q(source__in=list(SOURCES)), name="cases_event_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.code}"


class Request(models.Model):
    """Something that the city needs from the applicant: `wanted` names documents or answers."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    text_sealed = models.BinaryField()
    wanted = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked = models.DateTimeField(default=clock.now)
    due = models.DateTimeField(null=True, blank=True)
    answered = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=9, default="open")

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "cancelled"]),
                name="cases_request_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.pk}"

    @property
    def text(self) -> str:
        """What is asked, in words."""
        return sealing.unseal(self.text_sealed)


class Message(models.Model):
    """One message of the mailbox, to the applicant (`out`) or from them (`in`)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3)
    author = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    subject = models.CharField(max_length=200, blank=True)
    text_sealed = models.BinaryField()
    # Whoever reads it needs this level of trust.
    level = models.PositiveSmallIntegerField(default=0)
    read = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    documents = models.ManyToManyField(Document, blank=True, related_name="messages")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=["in", "out"]), name="cases_message_direction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.subject}"

    @property
    def text(self) -> str:
        """What it says."""
        return sealing.unseal(self.text_sealed)


class Note(models.Model):
    """What staff write for each other; the applicant sees it only in an export of their data."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    text_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.case}: {self.at}"

    @property
    def text(self) -> str:
        """What it says."""
        return sealing.unseal(self.text_sealed)


class Decision(models.Model):
    """The decision on a case. `second` is who checked it, where four eyes are asked for.

    It is provided at `provided` (from then on it can be opened), opened first at `opened`, and
    counts as served on `served_on`; an appeal is possible until `appeal_until`.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(max_length=8, choices=list(OUTCOMES.items()))
    text_sealed = models.BinaryField()
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # From the back office: its own number.
    reference = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    second = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    prepared = models.DateTimeField(default=clock.now)
    provided = models.DateTimeField(null=True, blank=True)
    opened = models.DateTimeField(null=True, blank=True)
    served_on = models.DateField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["granted", "partly", "rejected"]),
                name="cases_decision_outcome",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=models.F("by")),
                name="cases_four_eyes_are_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.outcome}"

    @property
    def text(self) -> str:
        """Its reasons, in words."""
        return sealing.unseal(self.text_sealed)
