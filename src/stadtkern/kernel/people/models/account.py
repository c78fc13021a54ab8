"""Accounts, roles and departments: who may do what, and where."""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Role(models.Model):
    """A bundle of permissions such as `devices.edit`; declared by systems, editable by the city."""

    slug = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    permissions = models.JSONField(default=list)
    # Who holds it signs in with more than a password.
    second_factor = models.BooleanField(_("needs a second factor"), default=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title


class Department(models.Model):
    """A part of the administration: who is responsible for a service, and whose work a clerk sees.

    `address` and `url` tell people where it is; `parent` is what it belongs to.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    url = models.URLField(blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("title",)
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="people_department_has_a_title"),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="people_department_not_inside_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What somebody may, everywhere and by department; `strict`: with a second factor only."""

    everywhere: frozenset[str]
    somewhere: dict[int, frozenset[str]]
    strict: bool


class Account(AbstractUser):
    """A person who logs in. Staff see the staff pages that their roles allow.

    Citizens sign in with an e-mail address that they have confirmed; their `username` is a random
    number that nobody has to know. One that is `closed` keeps its row and nothing of the person.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    roles = models.ManyToManyField(Role, blank=True, related_name="accounts")
    language = models.CharField(max_length=5, default="de")
    email_confirmed = models.DateTimeField(null=True, blank=True, editable=False)
    closed = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(email_confirmed__isnull=False) & ~Q(email=""),
                name="people_confirmed_email_once",
            ),
            models.CheckConstraint(
                condition=Q(closed=None)
                | Q(is_active=False, email="", first_name="", last_name=""),
                name="people_closed_is_empty",
            ),
        ]

    def may(self, permission: str, department: int | None = None) -> bool:
        """Whether a role grants this permission; a superuser may everything.

        Roles of `roles` hold everywhere, those of a membership in that department. Without
        `department`: whether it is granted anywhere.
        """
        if not self.is_active:
            return False
        if self.is_superuser or permission in self.granted:
            return True
        if department is None:
            return any(permission in verbs for verbs in self.granted_in.values())
        return permission in self.granted_in.get(department, frozenset())

    def departments_for(self, permission: str) -> frozenset[int] | None:
        """In which departments it is granted; None: in all."""
        if self.is_active and (self.is_superuser or permission in self.granted):
            return None
        held = self.granted_in.items() if self.is_active else ()
        return frozenset(number for number, verbs in held if permission in verbs)

    @property
    def granted(self) -> frozenset[str]:
        """All permissions of the roles that hold everywhere."""
        return self._held.everywhere

    @property
    def granted_in(self) -> dict[int, frozenset[str]]:
        """Permissions by department."""
        return self._held.somewhere

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role asks for more than a password."""
        return self._held.strict

    @cached_property
    def _held(self) -> "Held":
        """Asked of the database once per account object, in one query."""
        what = ("permissions", "second_factor")
        everywhere = self.roles.order_by().annotate(where=Value(0)).values_list("where", *what)
        somewhere = self.memberships.order_by().values_list(
            "department_id", *(f"role__{one}" for one in what)
        )
        verbs: dict[int, set[str]] = {}
        strict = False
        for where, permissions, second in everywhere.union(somewhere, all=True):
            verbs.setdefault(where, set()).update(permissions)
            strict = strict or second
        return Held(
            everywhere=frozenset(verbs.pop(0, ())), strict=strict,
            somewhere={number: frozenset(found) for number, found in verbs.items()},
        )  # fmt: skip


class Membership(models.Model):
    """A role that somebody has in one department only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "department", "role"], name="people_membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.role}, {self.department}"
