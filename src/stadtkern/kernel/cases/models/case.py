"""A case: what somebody asks of the city, from the first answer to the decision."""

import json
import secrets
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.cases.models.form import FormVersion
from stadtkern.kernel.cases.models.service import Service
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.people.models import Account, Department

STATES = {
    "draft": _("being filled in"),
    "co_sign": _("waiting for others to sign"),
    "payment": _("waiting for payment"),
    "submitted": _("sent"),
    "received": _("received"),
    "in_progress": _("being worked on"),
    "query": _("waiting for you"),
    "decided": _("decided"),
    "closed": _("closed"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
}
OPEN = ("submitted", "received", "in_progress", "query")
ENDED = ("decided", "closed", "withdrawn", "expired")
OUTCOMES = {"granted": _("granted"), "partly": _("partly granted"), "rejected": _("rejected")}
CHANNELS = {
    "online": _("online"), "assisted": _("online with help"), "counter": _("at the counter"),
}  # fmt: skip
# No vowels and nothing that looks alike: a reference is read aloud and typed from paper.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


def new_reference() -> str:
    """Such as `KX7-M2QF-9TWB`: 28^11 of them, so that nobody meets one by trying."""
    picked = "".join(secrets.choice(LETTERS) for _ in range(11))
    return f"{picked[:3]}-{picked[3:7]}-{picked[7:]}"


def new_token() -> str:
    """What opens a case for a guest: 192 bits, as good as a key."""
    return secrets.token_urlsafe(24)


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases."""

    def of(self, account: Account) -> Self:
        """Those of this account."""
        return self.filter(account=account)

    def visible_to(self, clerk: Account, permission: str) -> Self:
        """Those in departments where this clerk has the permission; never drafts."""
        rows = self.exclude(state__in=["draft", "co_sign", "payment", "expired"])
        where = clerk.departments_for(permission)
        return rows if where is None else rows.filter(department__in=where)


class Case(models.Model):
    """One case. Its answers are sealed at rest; `answers` opens them.

    `level` is what the applicant had reached, `revision` grows with every saved step so that two
    devices do not overwrite each other, `submit_key` makes sending it twice one sending. `filed`
    is when it was made known first, which can fix the date from which a benefit is paid.
    `acting` says for whom the applicant acts: `{"kind": "guardian", "name": ..}`; `helped` names
    the fields that a helper filled in. `erase_on` is the day on which the personal part goes.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="cases")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="cases")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    clerk = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=11, choices=list(STATES.items()), default="draft")
    outcome = models.CharField(max_length=8, choices=list(OUTCOMES.items()), blank=True)
    channel = models.CharField(max_length=8, choices=list(CHANNELS.items()), default="online")
    language = models.CharField(max_length=5, default="de")
    level = models.PositiveSmallIntegerField(default=0)
    # Of whoever applies, so that clerks find the case; erased with the answers.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    acting = models.JSONField(default=dict, blank=True)
    helped = models.JSONField(default=list, blank=True)
    answers_sealed = models.BinaryField(null=True)
    # Where fields came from, by field: `{"family_name": "bundid"}`; those of an eID are locked.
    prefilled = models.JSONField(default=dict, blank=True)
    step = models.CharField(max_length=80, blank=True)
    revision = models.PositiveIntegerField(default=0)
    submit_key = models.UUIDField(default=uuid4, unique=True, editable=False)
    charge = models.ForeignKey(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)
    filed = models.DateTimeField(null=True, blank=True)
    submitted = models.DateTimeField(null=True, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    # When the desk should have answered; a draft ends at `expires`.
    due = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    erase_on = models.DateField(null=True, blank=True)
    erased = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-created", "-id")
        indexes = [
            models.Index(fields=["department", "state", "due"], name="cases_inbox"),
            models.Index(fields=["account", "-changed"], name="cases_of_an_account"),
            models.Index(fields=["erase_on"], name="cases_to_erase", condition=Q(erased=None)),
            models.Index(
                fields=["expires"], name="cases_to_expire",
                condition=Q(state__in=["draft", "co_sign", "payment"]),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[
                    "draft", "co_sign", "payment", "submitted", "received", "in_progress",
                    "query", "decided", "closed", "withdrawn", "expired",
                ]), name="cases_case_state",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "granted", "partly", "rejected"]),
                name="cases_case_outcome",
            ),
            models.CheckConstraint(
                condition=Q(level__in=[0, 1, 3, 4]), name="cases_case_level_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "received", "in_progress", "query"])
                | Q(submitted__isnull=False),
                name="cases_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | (Q(decided__isnull=False) & ~Q(outcome="")),
                name="cases_decided_has_an_outcome",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @property
    def answers(self) -> dict[str, Any]:
        """The answers by field; those of a repeated step are a list of such under its id."""
        text = sealing.unseal(self.answers_sealed)
        return json.loads(text) if text else {}

    @answers.setter
    def answers(self, said: dict[str, Any]) -> None:
        self.answers_sealed = sealing.seal(json.dumps(said, ensure_ascii=False))


class CoSign(models.Model):
    """Somebody else who has to agree before it is sent, by a signed link of their own.

    Two people may share a mailbox: `number` counts those who do, so that each signs separately.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="co_signs")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    number = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    state = models.CharField(max_length=8, default="asked")
    asked = models.DateTimeField(default=clock.now)
    answered = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("co-signature")
        verbose_name_plural = _("co-signatures")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["case", "email", "number"], name="cases_co_sign_once"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "signed", "refused"]), name="cases_co_sign_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.name}"


class Document(models.Model):
    """A file of a case, sealed at rest. `sha512` is of the plain content, as FIT-Connect asks.

    `origin` says who brought it: the applicant, the city (decision, receipt, copy of the form) or
    the back office. `scan` is what the check for malware said; only clean ones are handed out.
    """

    SCANS = {"waiting": _("being checked"), "clean": _("checked"), "refused": _("refused")}

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    origin = models.CharField(max_length=11, default="applicant")
    kind = models.CharField(max_length=20, default="upload")
    field = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha512 = models.CharField(max_length=128)
    content_sealed = models.BinaryField(null=True)
    scan = models.CharField(max_length=7, choices=list(SCANS.items()), default="waiting")
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__in=["applicant", "city", "back_office"]),
                name="cases_document_origin",
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["waiting", "clean", "refused"]), name="cases_document_scan"
            ),
        ]

    def __str__(self) -> str:
        return self.name
