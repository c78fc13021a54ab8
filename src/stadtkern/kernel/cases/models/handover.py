"""The way of a case into the procedure of a back office, and what came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases.models.case import Case
from stadtkern.kernel.cases.models.correspondence import Message

HANDOVER_STATES = {
    "waiting": _("waiting to be sent"),
    "sent": _("sent"),
    "accepted": _("accepted"),
    "rejected": _("refused by the receiver"),
    "dead": _("given up, somebody has to look"),
}
# What is handed over: the case itself, or what the back office has to hear of it later.
KINDS = {
    "case": _("application"), "withdrawal": _("withdrawal"),
    "message": _("message of the applicant"),
}  # fmt: skip


class BackOffice(models.Model):
    """A procedure that takes cases on. `adapter` is a slug of `handover.adapters`.

    `settings` are open (addresses, destination, mapping), `secret` is sealed (keys, passwords).
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    adapter = models.SlugField(max_length=40)
    settings = models.JSONField(default=dict, blank=True)
    secret_sealed = models.BinaryField(null=True)
    enabled = models.BooleanField(default=True)
    # When the connection was tested last, and what was wrong then.
    checked = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("back office")
        verbose_name_plural = _("back offices")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    @property
    def secret(self) -> str:
        """The secret part of its settings, as JSON."""
        return sealing.unseal(self.secret_sealed)


class Handover(models.Model):
    """One case on its way to a back office. `remote` names it there, for every further word.

    Who tries moves `due` first; the whole content is kept until it is accepted. It is `closed`
    when nothing more is expected of it: the case has ended, or somebody settled it another way.
    What comes later (`kind`) goes the same way in a row of its own, which `follows` the case's.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()), default="case")
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="later"
    )
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    back_office = models.ForeignKey(BackOffice, on_delete=models.PROTECT, related_name="handovers")
    state = models.CharField(max_length=8, choices=list(HANDOVER_STATES.items()), default="waiting")
    remote = models.CharField(max_length=80, blank=True, db_index=True)
    remote_case = models.CharField(max_length=80, blank=True, db_index=True)
    # What the adapter has to remember between its steps, such as the authentication tags.
    memory = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    due = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent = models.DateTimeField(null=True, blank=True)
    answered = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["due"],
                name="cases_handover_due",
                condition=Q(state__in=["waiting", "sent", "accepted"], closed=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind="case") & ~Q(state__in=["rejected", "dead"]),
                name="cases_one_way_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["follows", "kind", "message"], nulls_distinct=False,
                condition=~Q(kind="case") & ~Q(state__in=["rejected", "dead"]),
                name="cases_told_later_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="case", follows=None)
                | Q(kind__in=["withdrawal", "message"], follows__isnull=False),
                name="cases_handover_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "accepted", "rejected", "dead"]),
                name="cases_handover_state",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case} → {self.back_office}"


class HandoverEvent(models.Model):
    """One line of what was sent and received, with the receipt word by word (a signed token).

    `proof` is the public key (JWK) that the receipt was signed with, so that it can be checked
    again when the receiver has another key by then.
    """

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=clock.now)
    code = models.CharField(max_length=60)
    text = models.CharField(max_length=500, blank=True)
    token = models.TextField(blank=True)
    proof = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("event of a handover")
        verbose_name_plural = _("events of handovers")
        ordering = ("at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "key"], condition=~Q(key=""), name="cases_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handover}: {self.code}"
