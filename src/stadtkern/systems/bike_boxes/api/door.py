"""What all these addresses have in common: keys, limits, JSON bodies, refusals with a reason."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import ApiKey, digest_of
from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.kernel.sensorthings.problem import Problem

MOST_BYTES = 256 * 1024
View = Callable[..., HttpResponseBase]
S = TypeVar("S", bound=msgspec.Struct)
CODES = {400: "invalid", 401: "no_key", 403: "not_allowed", 404: "not_found",
         405: "wrong_method", 409: "conflict", 413: "too_large", 429: "too_many"}  # fmt: skip


class Wrong(Exception):
    """A request that cannot be served: its status, the field that is wrong, and why."""

    def __init__(self, field: str, reason: str, status: int = 400, code: str = "") -> None:
        super().__init__(reason)
        self.field, self.reason, self.status = field, reason, status
        self.code = code or CODES.get(status, "invalid")


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
            else:
                response["Cache-Control"] = "no-store"
            return response

        return guarded

    return guard


def _opened(
    view: View, methods: tuple[str, ...], request: HttpRequest, names: dict[str, Any]
) -> HttpResponseBase:
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    try:
        if request.method not in allowed:
            raise Wrong("method", f"use {' or '.join(methods)}", 405)
        return view(request, **names)
    except Wrong as wrong:
        response = refusal(wrong)
        if wrong.status == 405:
            response["Allow"] = ", ".join(allowed)
        if wrong.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="bike_boxes"'
        return response
    except Refused as refused:
        return refusal(Wrong("booking", str(refused), 409, refused.code))
    except Problem as problem:
        response = refusal(Wrong("request", problem.message, problem.status))
        for name, value in problem.headers:
            response[name] = value
        return response


def refusal(wrong: Wrong) -> HttpResponse:
    """`{"code", "description", "status", "errors": [{"field", "reason"}]}`."""
    told = {"code": wrong.code, "description": f"{wrong.field}: {wrong.reason}",
            "status": wrong.status,
            "errors": [{"field": wrong.field, "reason": wrong.reason}]}  # fmt: skip
    return answer(told, wrong.status)


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


def limit(buckets: Buckets, caller: int, most: int) -> None:
    """Count one request. Raises Problem (429) with Retry-After."""
    buckets.take(caller, 1, most, time.monotonic())


def body(request: HttpRequest, shape: type[S]) -> S:
    """The JSON body in its declared shape. Raises Wrong with the field that is wrong."""
    if len(request.body) > MOST_BYTES:
        raise Wrong("body", f"send at most {MOST_BYTES} bytes", 413)
    try:
        return msgspec.json.decode(request.body or b"{}", type=shape)
    except msgspec.ValidationError as error:
        text, _at, where = str(error).partition(" - at `$")
        field = where.rstrip("`").lstrip(".") or "body"
        raise Wrong(field, text) from None
    except msgspec.DecodeError as error:
        raise Wrong("body", f"this is not JSON: {error}") from None
