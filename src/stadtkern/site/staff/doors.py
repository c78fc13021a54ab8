"""The door of pages for all staff, and who came in."""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from stadtkern.kernel.people.access import View, lacks_second_factor
from stadtkern.kernel.people.models import Account


def any_staff(view: View) -> View:
    """A page for all staff, which shows each person what their roles allow."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if lacks_second_factor(request):
            return redirect("account-security")
        return view(request, *args, **kwargs)

    guarded.audience = "staff"  # type: ignore[attr-defined]
    guarded.permission = ""  # type: ignore[attr-defined]
    return guarded


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind one of the doors."""
    assert isinstance(request.user, Account)
    return request.user
