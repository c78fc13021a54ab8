"""A new account, and a new password: by a mail that only the owner of the address reads."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.formguard import GuardedForm, sender_of
from stadtkern.kernel.identity import asking, entering, linking, links, sessions
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account

if TYPE_CHECKING:
    NewPassword = SetPasswordForm[Account]
else:
    NewPassword = SetPasswordForm


class AddressForm(GuardedForm):
    """An e-mail address."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip


class NewAccountForm(NewPassword):
    """Name, if one likes, and a password of 12 signs or more."""

    first_name = forms.CharField(
        label=_("First name"), required=False, max_length=150,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )  # fmt: skip
    last_name = forms.CharField(
        label=_("Last name"), required=False, max_length=150,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )  # fmt: skip

    field_order = ("first_name", "last_name", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Password")
        self.fields["new_password2"].label = _("Password once more")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Which address; the answer is the same whether it has an account or not."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not asking.may(sender_of(request)):
            form.add_error(None, asking.TOO_MANY)
            return show(request, "register", form=form, status=429)
        asking.to_register(request, form.cleaned_data["email"], get_language() or "de")
        return show(request, "mailed", purpose="register")
    return show(request, "register", form=form)


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: name and password, or no password but a passkey."""
    try:
        link = links.look("register", token)
    except links.Spent:
        return show(request, "link_spent", purpose="register", status=410)
    email = str(link.inside["email"])
    account = Account(username=linking.new_username(), email=email, language=_language())
    without = request.POST.get("without") == "password"
    form = NewAccountForm(account, request.POST if request.method == "POST" else None)
    if without:
        for name in ("new_password1", "new_password2"):
            form.fields[name].required = False
    if request.method != "POST" or not form.is_valid():
        return show(request, "confirm", form=form, email=email)
    account.first_name = form.cleaned_data["first_name"]
    account.last_name = form.cleaned_data["last_name"]
    account.email_confirmed = clock.now()
    if without:
        account.set_unusable_password()
    else:
        account.set_password(form.cleaned_data["new_password1"])
    try:
        with transaction.atomic():
            links.use("register", token)
            account.save()
            record(account, "account.register", account)
            entering.enter(request, account, way="other" if without else "password")
    except (links.Spent, IntegrityError):
        return show(request, "link_spent", purpose="register", status=410)
    return redirect("account-security" if without else "account")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """A new password by mail; the answer is the same for any address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not asking.may(sender_of(request)):
            form.add_error(None, asking.TOO_MANY)
            return show(request, "forgot", form=form, status=429)
        asking.to_reset(request, form.cleaned_data["email"])
        return show(request, "mailed", purpose="reset")
    return show(request, "forgot", form=form)


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: the new password, which ends all sessions and asks to sign in."""
    try:
        link = links.look("reset", token)
    except links.Spent:
        return show(request, "link_spent", purpose="reset", status=410)
    account = link.account
    assert account is not None
    form: SetPasswordForm[Account] = SetPasswordForm(account, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "reset", form=form)
    try:
        with transaction.atomic():
            links.use("reset", token)
            form.save()
            sessions.end(account)
            record(account, "account.password_reset", account)
            asking.tell_of_password(account)
    except links.Spent:
        return show(request, "link_spent", purpose="reset", status=410)
    return show(request, "reset_done")


def _language() -> str:
    return (get_language() or "de")[:2]
