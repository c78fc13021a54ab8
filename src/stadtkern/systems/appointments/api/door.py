"""What all these addresses have in common: methods, keys, JSON, refusals with a reason."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import ApiKey, digest_of

MOST_BYTES = 64 * 1024
View = Callable[..., HttpResponseBase]


class Wrong(Exception):
    """A request that cannot be served: its status, the field that is wrong, and why."""

    def __init__(self, field: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.field, self.reason, self.status = field, reason, status


def answer(told: Any, status: int = 200) -> HttpResponse:
    """JSON as msgspec writes it."""
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)


def door(*methods: str, open_to_all: bool = False) -> Callable[[View], View]:
    """A view for programs: these methods, no CSRF, and whatever goes wrong as JSON."""

    def guard(view: View) -> View:
        @public
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **names: Any) -> HttpResponseBase:
            response = _opened(view, methods, request, names)
            if open_to_all:
                response["Access-Control-Allow-Origin"] = "*"
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return guard


def _opened(
    view: View, methods: tuple[str, ...], request: HttpRequest, names: dict[str, Any]
) -> HttpResponseBase:
    try:
        if request.method not in (*methods, "HEAD"):
            raise Wrong("method", f"use {' or '.join(methods)}", 405)
        return view(request, **names)
    except Wrong as wrong:
        response = _refusal(wrong.field, wrong.reason, wrong.status)
        if wrong.status == 405:
            response["Allow"] = ", ".join(methods)
        if wrong.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="appointments"'
        return response
    except Refused as refused:
        near = [one.begins.isoformat() for one in refused.alternatives]
        return _refusal("begins", str(refused), 409, code=refused.code, alternatives=near)


def _refusal(field: str, reason: str, status: int, **more: Any) -> HttpResponse:
    return answer({"field": field, "reason": reason, "status": status, **more}, status)


def key_of(request: HttpRequest, scope: str) -> ApiKey:
    """The key that the request shows. Raises Wrong: none, not valid (401), not for this (403)."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise Wrong("Authorization", "send your key: Authorization: Bearer <key>", 401)
    key = ApiKey.objects.usable().filter(digest=digest_of(given.strip())).first()
    if key is None:
        raise Wrong("Authorization", "this key is not known, or not valid any more", 401)
    if scope not in key.scopes:
        raise Wrong("Authorization", f"this key needs the scope {scope}", 403)
    return key
