"""Acting for somebody: who may, for whom, since when, and what proved it."""

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models.account import Account
from stadtkern.kernel.people.models.identity import IdentityProvider, Sealed


class Organisation(Sealed):
    """A company or an association, known by an organisation account; its address is sealed."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    provider = models.ForeignKey(
        IdentityProvider, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The digest of the provider's own name for it.
    subject = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="people_organisation_has_a_name"),
            models.UniqueConstraint(
                fields=["provider", "subject"], condition=~Q(subject=""),
                name="people_organisation_subject_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Questions about mandates."""

    def holding(self) -> Self:
        """Those that may be used now."""
        now = clock.now()
        rows = self.filter(state="active", since__lte=now)
        return rows.filter(Q(until=None) | Q(until__gt=now))


class Mandate(Sealed):
    """`account` may act for somebody: a child, a company, or a person who has agreed.

    The name of a person is sealed (`inside["name"]`). `whom` is the account of whoever agreed;
    the mandate opens nothing of it. An invitation waits for a code whose digest is `code`.
    """

    KINDS = {
        "guardian": _("guardian"), "company": _("for a company"), "helper": _("helper"),
        "proxy": _("authorised representative"),
    }  # fmt: skip
    STATES = {"invited": _("waiting"), "active": _("in force"), "ended": _("ended")}

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mandates")
    kind = models.CharField(max_length=8, choices=list(KINDS.items()))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates"
    )
    whom = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="represented_by"
    )
    state = models.CharField(max_length=7, choices=list(STATES.items()), default="active")
    proved_by = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MandateQuerySet] = MandateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["guardian", "company", "helper", "proxy"]),
                name="people_mandate_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["invited", "active", "ended"]), name="people_mandate_state"
            ),
            models.CheckConstraint(
                condition=Q(state="ended")
                | Q(kind="guardian")
                | Q(kind="company", organisation__isnull=False)
                | Q(kind__in=["helper", "proxy"], state="invited")
                | Q(kind__in=["helper", "proxy"], whom__isnull=False),
                name="people_mandate_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(whom=models.F("account")), name="people_mandate_not_for_oneself"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="people_mandate_code_once"
            ),
            models.UniqueConstraint(
                fields=["account", "organisation"], condition=Q(kind="company", state="active"),
                name="people_mandate_company_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"

    @property
    def name(self) -> str:
        """For whom: the organisation's name, or the one that is sealed."""
        if self.organisation is not None:
            return self.organisation.name
        return str(self.inside.get("name", ""))
