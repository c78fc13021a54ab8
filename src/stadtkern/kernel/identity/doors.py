"""Doors of pages about oneself: signed in at all, and as sure as a level asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from stadtkern.kernel.identity import stepup, trust
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.access import View
from stadtkern.kernel.people.models import Account


def signed_in(view: View) -> View:
    """A page about the person who is signed in; others sign in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.audience = "public"  # type: ignore[attr-defined]
    return guarded


def at_least(level: Trust | int) -> Callable[[View], View]:
    """A page for those who have proved this level; others are told why, and how to."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if trust.of(request) < level:
                return redirect(stepup.url(request, level, request.get_full_path()))
            return view(request, *args, **kwargs)

        guarded.audience = "public"  # type: ignore[attr-defined]
        return guarded

    return guard


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind one of the doors."""
    assert isinstance(request.user, Account)
    return request.user
