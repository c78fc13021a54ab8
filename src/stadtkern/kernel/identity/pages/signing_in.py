"""Signing in and out: one page for all, and the code after the password."""

from typing import Final

from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.formguard import sender_of
from stadtkern.kernel.identity import attempts, entering, stepup
from stadtkern.kernel.identity.factors import codes
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account, IdentityProvider

TOO_MANY = _(
    "Signing in failed too often. Wait at least 15 minutes, then try again. You can also choose"
    " a new password, or sign in another way."
)
ANOTHER = _("Another attempt with this name is under way. Please try again.")
WRONG = _("The name or the password is wrong. Check both; upper and lower case matter.")
WRONG_CODE = _("This code is wrong or was used before. Wait for the next one and try again.")
# In the session: who gave the right password and owes a code.
OWES: Final = "owes_code"
OWES_FOR: Final = 600.0


class LoginForm(forms.Form):
    """E-mail address or user name, and password."""

    username = forms.CharField(
        label=_("E-mail address or user name"), max_length=254,
        widget=forms.TextInput({"autocomplete": "username webauthn", "autocapitalize": "none",
                                "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip


class CodeForm(forms.Form):
    """What the app shows, or a code from paper."""

    code = forms.CharField(
        label=_("Code"), max_length=20,
        help_text=_("Six digits from your app, or one of your codes on paper."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )  # fmt: skip


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The log-in page; with a page to go to it also changes the account."""
    next_page = stepup.safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        if request.user.is_authenticated and not next_page:
            return redirect(landing(request))
        return _page(request, LoginForm(), next_page)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, next_page, status=422)
    with transaction.atomic():
        account, status = _proved(request, form)
        if account is None:
            return _page(request, form, next_page, status=status)
        if codes.is_on(account):
            request.session[OWES] = {"account": account.pk, "next": next_page,
                                     "since": clock.now().timestamp()}  # fmt: skip
            return redirect("login-second")
        entering.enter(request, account, way="password")
    return redirect(next_page or landing(request))


def _proved(request: HttpRequest, form: LoginForm) -> tuple[Account | None, int]:
    """Whose password it is; None with a status, and the reason in the form."""
    name, address = form.cleaned_data["username"], sender_of(request)
    target = attempts.target_of(name, request)
    if attempts.too_many(target, address):
        form.add_error(None, TOO_MANY)
        return None, 429
    if not attempts.alone(target):
        form.add_error(None, ANOTHER)
        return None, 200
    account = attempts.find(name)
    if not _is_right(account, form.cleaned_data["password"]):
        attempts.note_failure(target, address, account)
        form.add_error(None, WRONG)
        return None, 200
    attempts.note_success(target)
    return account, 200


def _is_right(account: Account | None, password: str) -> bool:
    """Takes as long for an unknown name as for a known one."""
    if account is None or not account.has_usable_password():
        make_password(password)
        return False
    return account.check_password(password) and account.is_active


def _page(
    request: HttpRequest, form: LoginForm, next_page: str, *, status: int = 200
) -> HttpResponse:
    rows = list(IdentityProvider.objects.filter(active=True))
    return show(
        request, "login", form=form, next=next_page, status=status,
        providers=[one for one in rows if one.audience != "staff"],
        for_staff=[one for one in rows if one.audience == "staff"],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The code after the password."""
    owes = request.session.get(OWES)
    if not owes or clock.now().timestamp() - owes["since"] > OWES_FOR:
        request.session.pop(OWES, None)
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "second", form=form)
    account = Account.objects.filter(pk=owes["account"], is_active=True).first()
    target, address = f"code:{owes['account']}", sender_of(request)
    with transaction.atomic():
        if account is None or attempts.too_many(target, address) or not attempts.alone(target):
            form.add_error(None, TOO_MANY)
            return show(request, "second", form=form, status=429)
        way = codes.takes(account, form.cleaned_data["code"])
        if not way:
            attempts.note_failure(target, address, account)
            form.add_error("code", WRONG_CODE)
            return show(request, "second", form=form)
        attempts.note_success(target)
        request.session.pop(OWES)
        entering.enter(request, account, way=way, second=True)
    return redirect(owes["next"] or landing(request))


def landing(request: HttpRequest) -> str:
    """Where a person begins after signing in, in their own language."""
    person = request.user
    if not isinstance(person, Account):
        return reverse("login")
    with translation.override(person.language):
        return reverse("staff" if person.is_staff else "account")


def to_landing(request: HttpRequest, back: str = "") -> HttpResponseRedirect:
    """On to where somebody wanted to go, else to where they begin."""
    return redirect(stepup.safe(request, back) or landing(request))


login_page = public(login)
second_page = public(second)
