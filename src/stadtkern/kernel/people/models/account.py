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


def lines_of_departments() -> dict[int, frozenset[int]]:
    """Of each department those that it belongs to, directly or not; one query."""
    rows = Department.objects.order_by().values_list("pk", "parent")
    parents: dict[int, int | None] = dict(rows)
    found = {}
    for one in parents:
        above: set[int] = set()
        at = parents[one]
        # A circle that slipped in ends here too.
        while at is not None and at not in above:
            above.add(at)
            at = parents.get(at)
        found[one] = frozenset(above)
    return found


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
        """Asked once per account object: one query, and one more where rights pass down."""
        what = ("permissions", "second_factor")
        everywhere = (
            self.roles.order_by().annotate(where=Value(0), down=Value(False))
            .values_list("where", "down", *what)
        )  # fmt: skip
        somewhere = self.memberships.order_by().values_list(
            "department_id", "below", *(f"role__{one}" for one in what)
        )
        verbs: dict[int, set[str]] = {}
        passed: dict[int, set[str]] = {}
        strict = False
        for where, down, permissions, second in everywhere.union(somewhere, all=True):
            verbs.setdefault(where, set()).update(permissions)
            if down:
                passed.setdefault(where, set()).update(permissions)
            strict = strict or second
        if passed:
            for one, above in lines_of_departments().items():
                for where in above & passed.keys():
                    verbs.setdefault(one, set()).update(passed[where])
        return Held(
            everywhere=frozenset(verbs.pop(0, ())), strict=strict,
            somewhere={number: frozenset(found) for number, found in verbs.items()},
        )  # fmt: skip


class Membership(models.Model):
    """A role that somebody has in one department, and with `below` in those that belong to it.

    Rights never pass down by themselves: whoever gives the role says so, and it is on record.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    below = models.BooleanField(_("also in the departments below"), default=False)

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
