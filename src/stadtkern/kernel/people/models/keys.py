"""API keys: what programs may do."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models.account import Account


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Questions about keys."""

    def usable(self) -> Self:
        """Keys that are neither revoked nor expired."""
        return self.filter(revoked=None).exclude(expires__lt=clock.now())


class ApiKey(models.Model):
    """A program's key: only its digest is stored, the key itself is shown once."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    label = models.CharField(max_length=120)
    scopes = models.JSONField(default=list)
    owner = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiKeyQuerySet] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created",)
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="people_apikey_has_a_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.hint}…)"


def digest_of(key: str) -> str:
    """SHA-256 of a key in hex: keys are long and random, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def issue_key(
    *,
    label: str,
    scopes: tuple[str, ...],
    owner: Account | None = None,
    expires: datetime | None = None,
    key: str = "",
) -> tuple[ApiKey, str]:
    """A new key for a program; the second value is shown once and stored nowhere."""
    secret = key or f"sk_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        digest=digest_of(secret),
        hint=secret[:6],
        label=label,
        scopes=list(scopes),
        owner=owner,
        expires=expires,
    )
    return row, secret
