"""Signing in and out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account
from stadtkern.site.staff import attempts

TOO_MANY = _(
    "Signing in failed too often. Wait 15 minutes, then try again. "
    "If you forgot your password, your administrator gives you a new one."
)
ANOTHER = _("Another attempt with this user name is under way. Please try again.")


class LoginForm(AuthenticationForm):
    """User name and password; refuses after too many failures, before it looks at the password."""

    error_messages = {
        "invalid_login": _(
            "User name or password is wrong. Check both; upper and lower case matter."
        ),
        "inactive": _("This account has been switched off."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")

    def clean(self) -> dict[str, Any]:
        target = attempts.target_of(self.cleaned_data.get("username") or "")
        address = str(self.request.META.get("REMOTE_ADDR", "")) if self.request else ""
        if attempts.too_many(target, address):
            raise ValidationError(TOO_MANY, code="too_many")
        if not attempts.alone(target):
            raise ValidationError(ANOTHER, code="another")
        try:
            return super().clean()
        except ValidationError:
            attempts.note_failure(target, address)
            raise


class Login(LoginView):
    """The log-in page."""

    authentication_form = LoginForm
    template_name = "staff/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # With a page to go to, somebody who is signed in wants to change the account.
        if (
            request.method != "POST"
            and request.user.is_authenticated
            and not self.get_redirect_url()
        ):
            return redirect(landing(request))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().post(request, *args, **kwargs)
            if request.user.is_authenticated:
                record(request.user, "login", request.user)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many"):
            response.status_code = 429
        return response

    def get_default_redirect_url(self) -> str:
        return landing(self.request)


class Logout(LogoutView):
    """Signs out; only by POST, so that no link or image does it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        person = request.user
        with transaction.atomic():
            if person.is_authenticated:
                record(person, "logout", person)
            response = super().post(request, *args, **kwargs)
        messages.success(request, _("You are signed out."))
        return response


def landing(request: HttpRequest) -> str:
    """Where a person begins after signing in, in their own language."""
    person = request.user
    if not isinstance(person, Account):
        return reverse("login")
    with translation.override(person.language):
        return reverse("staff" if person.is_staff else "account")


login_page = public(require_http_methods(["GET", "HEAD", "POST"])(Login.as_view()))
logout_page = public(Logout.as_view())
