"""Doors for pages that no single permission guards: one's own account, the staff's first page."""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel.people.access import View
from stadtkern.kernel.people.models import Account


def own(view: View) -> View:
    """A page about the person who is signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.audience = "public"  # type: ignore[attr-defined]
    return guarded


def any_staff(view: View) -> View:
    """A page for all staff, which shows each person what their roles allow."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.audience = "staff"  # type: ignore[attr-defined]
    guarded.permission = ""  # type: ignore[attr-defined]
    return guarded


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind one of the doors."""
    assert isinstance(request.user, Account)
    return request.user
