"""One's own account: name, language, password, and where one is signed in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.site.staff.doors import own, person
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    AccountFields = forms.ModelForm[Account]
else:
    AccountFields = forms.ModelForm


class AccountForm(AccountFields):
    """What everybody may change about themselves."""

    class Meta:
        model = Account
        fields = ("first_name", "last_name", "email", "language")
        labels = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "email": _("E-mail"),
            "language": _("Language after signing in"),
        }
        widgets = {"language": forms.Select(choices=settings.LANGUAGES)}

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"])
        if language not in dict(settings.LANGUAGES):
            raise forms.ValidationError(_("Choose one of the languages offered."))
        return language


class EndSessionsForm(forms.Form):
    """Signing out elsewhere asks for the password again."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, who: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who = who

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.who.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


@own
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, language and roles."""
    who = person(request)
    form = AccountForm(request.POST or None, instance=who)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            record(who, "account.change", who, fields=form.changed_data)
        with translation.override(who.language):
            return _done(request, _("Your details are saved."))
    roles = [role.title for role in who.roles.all()]
    return page(request, "account", form=form, roles=roles, status=422 if form.errors else 200)


@own
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; it ends all other sessions."""
    who = person(request)
    form = PasswordChangeForm(who, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            update_session_auth_hash(request, who)
            record(who, "account.password", who)
        return _done(request, _("Your new password holds. You are signed out everywhere else."))
    return page(request, "password", form=form, status=422 if form.errors else 200)


@own
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else: the password is salted anew, which no other session survives."""
    who = person(request)
    form = EndSessionsForm(who, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            who.set_password(form.cleaned_data["password"])
            who.save(update_fields=["password"])
            update_session_auth_hash(request, who)
            record(who, "account.end_sessions", who)
        return _done(request, _("You are signed out everywhere else."))
    return page(request, "sessions", form=form, status=422 if form.errors else 200)


def _done(request: HttpRequest, text: Any) -> HttpResponseRedirect:
    messages.success(request, text)
    return redirect(reverse("account"))
