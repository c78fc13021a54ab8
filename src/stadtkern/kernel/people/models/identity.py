"""Who vouches for people: identity providers, what they said, and the trips there and back."""

import json
import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.people.models.account import Account


def new_state() -> str:
    """What brings an answer back to its question: 256 bits."""
    return secrets.token_urlsafe(32)


class IdentityProvider(models.Model):
    """Somebody who vouches for people. `level` is the most that the city believes of it.

    `settings` are the adapter's; `attribute_map` says how the provider calls our names, of which
    `subject` is the one that never changes. `secret` is sealed: the client's secret or our key.
    """

    KINDS = {"oidc": "OpenID Connect", "saml": "SAML 2.0"}
    AUDIENCES = {
        "citizens": _("citizens"), "companies": _("companies"), "staff": _("staff"),
    }  # fmt: skip

    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=4, choices=list(KINDS.items()))
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=200, blank=True)
    about_en = models.CharField(max_length=200, blank=True)
    audience = models.CharField(max_length=9, choices=list(AUDIENCES.items()))
    level = models.PositiveSmallIntegerField(default=1)
    active = models.BooleanField(default=True)
    weight = models.SmallIntegerField(default=50)
    settings = models.JSONField(default=dict, blank=True)
    attribute_map = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    checked = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ("weight", "slug")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["oidc", "saml"]), name="people_provider_kind"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["citizens", "companies", "staff"]),
                name="people_provider_audience",
            ),
            models.CheckConstraint(
                condition=Q(level__in=[1, 3, 4]), name="people_provider_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Sealed(models.Model):
    """A row with a part that is sealed at rest."""

    sealed = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def inside(self) -> dict[str, Any]:
        """What is sealed; empty where it was sealed with another secret of the city."""
        try:
            text = sealing.unseal(self.sealed)
        except ValueError:
            return {}
        return json.loads(text) if text else {}

    @inside.setter
    def inside(self, said: dict[str, Any]) -> None:
        self.sealed = sealing.seal(json.dumps(said, ensure_ascii=False))


class Identity(Sealed):
    """What a provider knows of an account; its attributes are sealed (`inside`).

    `subject` is the digest of the provider's own name for the person: nothing else links them.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.PROTECT, related_name="identities"
    )
    subject = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(default=1)
    proved_by = models.CharField(max_length=60, blank=True)
    verified = models.DateTimeField(default=clock.now)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="people_identity_subject_once"
            ),
            models.UniqueConstraint(
                fields=["account", "provider"], name="people_identity_provider_once"
            ),
            models.CheckConstraint(
                condition=Q(level__in=[1, 3, 4]), name="people_identity_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} ({self.account_id})"


class Trip(Sealed):
    """A way to a provider and back, once. What it must bring back is sealed (`inside`).

    The browser that set out knows `state` in its session; whoever comes back without is refused.
    `purpose`: to sign in, to prove more of the same account, to act for a company, or to sign out.
    """

    state = models.CharField(max_length=64, unique=True, default=new_state, editable=False)
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    purpose = models.CharField(max_length=7, default="sign_in")
    level = models.PositiveSmallIntegerField(default=1)
    back = models.CharField(max_length=1000, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    until = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("trip to an identity provider")
        verbose_name_plural = _("trips to identity providers")
        indexes = [models.Index(fields=["until"], name="people_trip_until")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["sign_in", "step_up", "company", "logout"]),
                name="people_trip_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.created:%Y-%m-%d %H:%M}"


class SpentAnswer(models.Model):
    """An answer that was taken, kept as long as it would be valid: it is not taken again."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("spent answer")
        verbose_name_plural = _("spent answers")
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="people_answer_once"),
        ]

    def __str__(self) -> str:
        return self.number
