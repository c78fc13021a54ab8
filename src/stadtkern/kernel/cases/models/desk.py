"""What the desk keeps besides: corrections, links, texts, second looks, appeals."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases.models.case import Case
from stadtkern.kernel.cases.models.correspondence import Decision, Message
from stadtkern.kernel.people.models import Account, Department

TEXT_KINDS = {
    "request": _("request"), "message": _("message"), "granted": _("granted"),
    "partly": _("partly granted"), "rejected": _("rejected"),
}  # fmt: skip


class Correction(models.Model):
    """An obvious mistake in an answer that staff put right; what was said before is kept.

    `row` is the number of the repetition in a repeated step, from 0.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=120)
    row = models.PositiveSmallIntegerField(null=True, blank=True)
    before_sealed = models.BinaryField()
    after_sealed = models.BinaryField()
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.case}: {self.field}"

    @property
    def before(self) -> str:
        """The answer as the applicant gave it, in words."""
        return sealing.unseal(self.before_sealed)

    @property
    def after(self) -> str:
        """The answer as it is now, in words."""
        return sealing.unseal(self.after_sealed)

    @property
    def reason(self) -> str:
        """Why."""
        return sealing.unseal(self.reason_sealed)


class CaseLink(models.Model):
    """Two cases that belong together; the one with the smaller id is `one`."""

    one = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_from")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_to")
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("link of cases")
        verbose_name_plural = _("links of cases")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="cases_linked_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="cases_link_has_an_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one} – {self.other}"


class DeskText(models.Model):
    """A text that an office uses again and again; `{placeholders}` are filled in from the case."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="desk_texts")
    kind = models.CharField(max_length=8, choices=list(TEXT_KINDS.items()))
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="de")
    text = models.TextField()
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("text of an office")
        verbose_name_plural = _("texts of offices")
        ordering = ("department", "kind", "title", "language")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "title", "language"], name="cases_desk_text_once"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""), name="cases_desk_text_says_something"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(TEXT_KINDS)), name="cases_desk_text_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SecondLook(models.Model):
    """What a second person said of a prepared decision: `approved`, or `returned` with a reason."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(max_length=8)
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="approved")
                | Q(verdict="returned", reason_sealed__isnull=False),
                name="cases_return_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.verdict}"

    @property
    def reason(self) -> str:
        """Why it was sent back."""
        return sealing.unseal(self.reason_sealed)


class Appeal(models.Model):
    """An appeal against a decision: a task for the office. The decision stays as it is.

    `in_time`: it came before the end of the period, as far as that is known.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="appeals")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="appeal")
    received = models.DateTimeField(default=clock.now)
    in_time = models.BooleanField(null=True)
    settled = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    result_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ("received", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled__isnull=True) | Q(result_sealed__isnull=False),
                name="cases_settled_appeal_has_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.received}"

    @property
    def result(self) -> str:
        """What became of it, in words."""
        return sealing.unseal(self.result_sealed)
