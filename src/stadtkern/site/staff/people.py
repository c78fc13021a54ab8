"""Accounts of people and the roles they hold, everywhere or in one department."""

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Membership, Role
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    AccountFields = forms.ModelForm[Account]
    MembershipFields = forms.ModelForm[Membership]
else:
    AccountFields = MembershipFields = forms.ModelForm

COLUMNS = (
    Column(title=_("User name"), sort=("username",)),
    Column(title=_("Name"), sort=("last_name", "first_name")),
    Column(title=_("Roles")),
    Column(title=_("Last signed in"), sort=("last_login",)),
    Column(title=_("State"), sort=("is_active",)),
)
LABELS = {
    "username": _("User name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "roles": _("Roles"),
}


class PeopleFilters(Filters):
    """By name, role and whether the account is on."""

    q = forms.CharField(label=_("Name"), widget=forms.TextInput({"type": "search"}))
    role = forms.ModelChoiceField(
        Role.objects.all(), label=_("Role"), empty_label=_("all"), to_field_name="slug"
    )
    active = forms.ChoiceField(
        label=_("State"), choices=any_of([("yes", _("on")), ("no", _("switched off"))])
    )
    who = forms.ChoiceField(
        label=_("Who"), required=False,
        choices=[("", _("staff")), ("citizens", _("citizens")), ("all", _("all"))],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Account]) -> QuerySet[Account]:
        """The rows that pass; citizens are shown to whoever asks for them."""
        rows = rows.filter(closed=None)
        if (who := self.given("who")) != "all":
            rows = rows.filter(is_staff=who != "citizens")
        if q := self.given("q"):
            names = (
                Q(username__icontains=q) | Q(first_name__icontains=q) | Q(last_name__icontains=q)
            )
            rows = rows.filter(names | Q(email__icontains=q))
        if role := self.given("role"):
            rows = rows.filter(Q(roles=role) | Q(memberships__role=role)).distinct()
        if active := self.given("active"):
            rows = rows.filter(is_active=active == "yes")
        return rows


class NewPersonForm(AccountFields):
    """A new staff account."""

    class Meta:
        model = Account
        fields = ("username", "first_name", "last_name", "email", "roles")
        labels = LABELS
        widgets = {"roles": forms.CheckboxSelectMultiple}
        help_texts = {"username": _("Letters, digits and @ . + - _; for signing in.")}


class PersonForm(AccountFields):
    """What can be changed of an account."""

    class Meta:
        model = Account
        fields = ("first_name", "last_name", "email", "roles")
        labels = LABELS
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            # Nobody takes more rights, or locks themselves out, by their own hand.
            self.fields["roles"].disabled = True
            self.fields["roles"].help_text = _("Another person changes your roles.")
        if not self.instance.is_staff:
            # Whoever could change a citizen's address could take the account over by mail.
            for name in ("email", "roles"):
                self.fields[name].disabled = True


class MembershipForm(MembershipFields):
    """A role in one department."""

    class Meta:
        model = Membership
        fields = ("department", "role", "below")
        labels = {"department": _("Department"), "role": _("Role there"),
                  "below": _("Also in the departments that belong to it")}  # fmt: skip


@staff("people.edit")
def people(request: HttpRequest) -> HttpResponse:
    """All accounts."""
    filters = PeopleFilters(request)
    held = ("roles", "memberships__role", "memberships__department")
    rows = filters.apply(Account.objects.prefetch_related(*held))
    found = listed(request, rows, COLUMNS, default="username")
    return page(request, "people", listed=found, filters=filters)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new staff account; its first password is shown once."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = new_password()
        with transaction.atomic():
            account = form.save(commit=False)
            account.is_staff = True
            account.set_password(secret)
            account.save()
            form.save_m2m()
            record(
                person(request),
                "people.create",
                account,
                username=account.username,
                roles=_slugs(account),
            )
        return page(request, "person_made", holder=account, secret=secret)
    return page(request, "person_new", form=form, status=422 if form.errors else 200)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Name and roles of an account."""
    who, account = person(request), _reachable(request, number)
    own = account.pk == who.pk
    form = PersonForm(request.POST or None, instance=account, own=own and not who.is_superuser)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            before = _slugs(account)
            form.save()
            record(
                who,
                "people.change",
                account,
                fields=form.changed_data,
                before=before,
                roles=_slugs(account),
            )
        messages.success(request, _("The account is saved."))
        return redirect("staff-people")
    status = 422 if form.errors else 200
    return page(
        request, "person", form=form, holder=account, own=own, status=status,
        memberships=account.memberships.select_related("department", "role"),
        add=MembershipForm(), may_give=not own or who.is_superuser,
    )  # fmt: skip


@staff("people.edit")
@require_POST
def membership(request: HttpRequest, number: int) -> HttpResponse:
    """Give a role in a department, or take one (`take`) back; nobody gives themselves any."""
    who, account = person(request), _reachable(request, number)
    if not account.is_staff or (account.pk == who.pk and not who.is_superuser):
        raise PermissionDenied
    if taken := request.POST.get("take", ""):
        _take(who, account, taken)
    else:
        _give(request, who, account)
    return redirect("staff-person", number)


def _take(who: Account, account: Account, number: str) -> None:
    row = get_object_or_404(Membership, account=account, pk=number if number.isdigit() else 0)
    with transaction.atomic():
        record(who, "people.office_take", account, department=row.department.slug,
               role=row.role.slug)  # fmt: skip
        row.delete()


def _give(request: HttpRequest, who: Account, account: Account) -> None:
    form = MembershipForm(request.POST, instance=Membership(account=account))
    if not form.is_valid():
        messages.error(request, _("Choose a department and a role."))
        return
    try:
        with transaction.atomic():
            row = form.save()
            record(who, "people.office_give", account, department=row.department.slug,
                   role=row.role.slug, **({"below": True} if row.below else {}))  # fmt: skip
    except IntegrityError:
        messages.info(request, _("This person has that role there already."))


@staff("people.edit")
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """Switch an account off, which ends its sessions at once, or on again."""
    who, account = person(request), _reachable(request, number)
    if account.pk == who.pk:
        messages.error(request, _("You cannot switch off your own account."))
        return redirect("staff-person", number)
    with transaction.atomic():
        account.is_active = not account.is_active
        account.save(update_fields=["is_active"])
        record(
            who,
            "people.on" if account.is_active else "people.off",
            account,
            username=account.username,
        )
    said = _("The account is on.") if account.is_active else _("The account is switched off.")
    messages.success(request, said)
    return redirect("staff-person", number)


@staff("people.edit")
@require_POST
def password(request: HttpRequest, number: int) -> HttpResponse:
    """A new password for somebody who forgot theirs; shown once, and it ends their sessions."""
    who, account = person(request), _reachable(request, number)
    if account.pk == who.pk:
        return redirect("password")
    if not account.is_staff:
        # A citizen's password is the citizen's own: it is reset by mail.
        raise PermissionDenied
    secret = new_password()
    with transaction.atomic():
        account.set_password(secret)
        account.save(update_fields=["password"])
        record(who, "people.password", account, username=account.username)
    return page(request, "person_made", holder=account, secret=secret)


def new_password() -> str:
    """A random first password, long enough for its owner to replace it at leisure."""
    return secrets.token_urlsafe(12)


def _reachable(request: HttpRequest, number: int) -> Account:
    """The account; only a superuser reaches a superuser, or a role could be stepped up."""
    account = get_object_or_404(Account, pk=number)
    if account.is_superuser and not person(request).is_superuser:
        raise PermissionDenied
    return account


def _slugs(account: Account) -> list[str]:
    return sorted(account.roles.values_list("slug", flat=True))
