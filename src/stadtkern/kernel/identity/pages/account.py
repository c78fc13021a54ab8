"""One's own account: where it begins, name and language, e-mail address, password."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import acting, asking, attributes, entering, hooks, links, sessions
from stadtkern.kernel.identity import trust as trusts
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.people.models import Account

if TYPE_CHECKING:
    AccountFields = forms.ModelForm[Account]
else:
    AccountFields = forms.ModelForm

TITLES = {
    "family_name": _("Family name"), "given_names": _("Given names"),
    "birth_date": _("Date of birth"), "birth_place": _("Place of birth"), "street": _("Street"),
    "postal_code": _("Postal code"), "city": _("City"), "email": _("E-mail address"),
    "phone": _("Phone"), "organisation": _("Company"),
}  # fmt: skip


class DetailsForm(AccountFields):
    """What everybody may change about themselves; a citizen's address has a page of its own."""

    class Meta:
        model = Account
        fields = ("first_name", "last_name", "email", "language")
        labels = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "email": _("E-mail address"),
            "language": _("Language after signing in"),
        }
        widgets = {"language": forms.Select(choices=settings.LANGUAGES)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_staff:
            del self.fields["email"]

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"])
        if language not in dict(settings.LANGUAGES):
            raise forms.ValidationError(_("Choose one of the languages offered."))
        return language


class NewAddressForm(forms.Form):
    """Where mails go from now on."""

    email = forms.EmailField(
        label=_("New e-mail address"), max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Where one's account begins: everything that one may do is one step from here."""
    who = person(request)
    return show(
        request, "account", who=who, roles=_roles(who), cards=list(hooks.cards(request)),
        acts_for=acting.mandates(who), trust=trusts.TITLES[trusts.of(request)],
        has_mail=bool(who.email_confirmed),
    )  # fmt: skip


def _roles(who: Account) -> list[str]:
    held = [role.title for role in who.roles.all()]
    if who.is_staff:
        rows = who.memberships.select_related("role", "department")
        held += [f"{one.role.title} ({one.department.title})" for one in rows]
    return held


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Name and language; beside it what identity providers have said."""
    who = person(request)
    form = DetailsForm(request.POST or None, instance=who)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            record(who, "account.change", who, fields=form.changed_data)
        messages.success(request, _("Your details are saved."))
        with translation.override(who.language):
            return redirect(reverse("account"))
    proved = [
        (TITLES[name], one) for name, one in attributes.of(who).items() if one.origin != "account"
    ]
    rows = who.identities.select_related("provider").order_by("provider__weight")
    return show(request, "details", form=form, who=who, proved=proved, identities=list(rows))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """A new address holds once its mail was read; until then the old one stays."""
    who = person(request)
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asking.to_change(request, who, form.cleaned_data["email"])
        return show(request, "mailed", purpose="email")
    return show(request, "email", form=form, who=who)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link, opened by whoever asked for it."""
    who = person(request)
    try:
        link = links.look("email", token)
        if link.account_id != who.pk:
            raise links.Spent
        address = str(link.inside["email"])
        if request.method == "POST":
            _change_address(who, address, token)
            messages.success(request, _("Your new e-mail address holds."))
            return redirect("account")
    except (links.Spent, IntegrityError):
        return show(request, "link_spent", purpose="email", status=410)
    return show(request, "email_confirm", email=address)


def _change_address(who: Account, address: str, token: str) -> None:
    with transaction.atomic():
        links.use("email", token)
        asking.tell_of_address(who)
        Account.objects.filter(pk=who.pk).update(email=address, email_confirmed=clock.now())
        record(who, "account.email", who)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; it ends all other sessions. Whoever has none shows who they are first."""
    who = person(request)
    has_one = who.has_usable_password()
    if not has_one and not entering.is_fresh(request):
        return show(request, "sign_in_again")
    kind: type[SetPasswordForm[Account]] = PasswordChangeForm if has_one else SetPasswordForm
    form = kind(who, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            update_session_auth_hash(request, who)
            sessions.end(who, but=sessions.renamed(request))
            record(who, "account.password", who)
            asking.tell_of_password(who)
        messages.success(request, _("Your new password holds. You are signed out everywhere else."))
        return redirect("account")
    return show(request, "password", form=form)
