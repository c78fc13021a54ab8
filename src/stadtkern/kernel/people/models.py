"""Accounts, roles and API keys: who may do what."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Role(models.Model):
    """A bundle of permissions such as `devices.edit`; declared by systems, editable by the city."""

    slug = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    permissions = models.JSONField(default=list)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title


class Account(AbstractUser):
    """A person who logs in. Staff see the staff pages that their roles allow."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    roles = models.ManyToManyField(Role, blank=True, related_name="accounts")
    language = models.CharField(max_length=5, default="de")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def may(self, permission: str) -> bool:
        """Whether one of the roles grants this permission; a superuser may everything."""
        return self.is_active and (self.is_superuser or permission in self.granted)

    @property
    def granted(self) -> frozenset[str]:
        """All permissions of all roles; asked of the database once per account object."""
        if not hasattr(self, "_granted"):
            lists = self.roles.values_list("permissions", flat=True)
            self._granted = frozenset(p for one in lists for p in one)
        return self._granted


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
