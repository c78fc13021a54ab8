"""The one place that decides who may see a page: every view names its audience."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from stadtkern.kernel.people.models import Account

# In the session: whoever signed in showed more than a password.
SECOND_FACTOR = "second_factor"

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """A page for everybody."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def staff(permission: str) -> Callable[[View], View]:
    """A page for staff whose roles grant this permission: others log in, or get a 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person = request.user
            if not person.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (person.is_staff and person.may(permission)):
                raise PermissionDenied
            if lacks_second_factor(request):
                return redirect("account-security")
            return view(request, *args, **kwargs)

        guarded.audience = "staff"  # type: ignore[attr-defined]
        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a role of this person asks for more than the password they signed in with."""
    if request.session.get(SECOND_FACTOR):
        return False
    person = request.user
    return isinstance(person, Account) and person.needs_second_factor
