"""What all these addresses have in common: keys, limits, JSON bodies, refusals with a reason."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, Literal

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import ApiKey, digest_of
from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.systems.parking_tickets.logic import settings
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Operator, Refusal

OPERATOR: Final = "parking_tickets:operator"
ENFORCEMENT: Final = "parking_tickets:enforcement"
# A handheld that was lost must neither list nor end the city's permits: that takes a key for it.
PERMITS: Final = "parking_tickets:permits"
MOST_BYTES: Final = 512 * 1024
OVERRIDES: Final = ("PATCH", "PUT", "DELETE")
# Of what the rules refuse, this is a matter of two requests, not of one that is wrong.
CONFLICTS: Final = ("already", "taken", "used")
_asked = Buckets(name="requests")
View = Callable[..., HttpResponseBase]


class Wrong(Exception):
    """A request that cannot be served: fields with reasons, `{"zone": ["..."]}`."""

    def __init__(self, errors: Mapping[str, Sequence[str]], status: int = 400) -> None:
        super().__init__(str(errors))
        self.errors, self.status = {name: list(said) for name, said in errors.items()}, status


class Denied(Exception):
    """A request that may not be served: a status, a code and a sentence."""

    def __init__(self, status: int, detail: str, code: str = "permission_denied") -> None:
        super().__init__(detail)
        self.status, self.detail, self.code = status, detail, code


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Whose key it is: a provider, or for programs of officers nobody but the key."""

    key: ApiKey
    operator: Operator | None = None

    @property
    def seller(self) -> Operator:
        """The provider, behind a door for providers."""
        assert self.operator is not None
        return self.operator

    @property
    def actor(self) -> str:
        """How changes and the books name it."""
        return f"operator:{self.seller.slug}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A request behind the door."""

    http: HttpRequest
    method: str
    caller: Caller
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The Idempotency-Key, empty where there is none. Raises Wrong."""
        said = self.http.headers.get("Idempotency-Key", "").strip()
        if len(said) > 100 or not said.isprintable():
            raise Wrong({"Idempotency-Key": [_("Send at most 100 printable characters.")]})
        return said


def answer(told: Any, status: int = 200) -> HttpResponse:
    """JSON as msgspec writes it."""
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)


def door(
    *methods: str, scope: Literal["operator", "enforcement", "both"] = "operator"
) -> Callable[[Callable[..., HttpResponse]], View]:
    """A view `(ask, **names)` for programs with a key; whatever goes wrong is said in JSON."""

    def guard(view: Callable[..., HttpResponse]) -> View:
        @public
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **names: Any) -> HttpResponseBase:
            response = _opened(view, methods, scope, request, names)
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return guard


def _opened(
    view: Callable[..., HttpResponse], methods: tuple[str, ...], scope: str,
    request: HttpRequest, names: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    caller: Caller | None = None
    try:
        caller = caller_of(request, scope)
        _limit(caller)
        method = _method(request)
        if method not in methods:
            return _not_allowed(methods)
        return view(Ask(http=request, method=method, caller=caller, body=_body(request)), **names)
    except Problem as problem:
        response = answer({"detail": problem.message, "code": "too_many"}, problem.status)
        for name, value in problem.headers:
            response[name] = value
        return response
    except (Wrong, Refused, Denied) as refused:
        return _refusal(refused, caller, view.__name__)


def caller_of(request: HttpRequest, scope: str) -> Caller:
    """Who asks. Raises Denied: no key or none that is valid (401), not for this (403)."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in ("apikey", "bearer") or not given.strip():
        raise Denied(401, _("Send your key: Authorization: ApiKey <key>"), "no_key")
    key = ApiKey.objects.usable().filter(digest=digest_of(given.strip())).first()
    if key is None:
        raise Denied(401, _("This key is not known, or not valid any more."), "no_key")
    city = {"enforcement": ENFORCEMENT, "both": PERMITS}.get(scope)
    if city is not None and city in key.scopes:
        return Caller(key=key)
    if scope != "enforcement" and OPERATOR in key.scopes:
        if found := Operator.objects.filter(keys=key, active=True).first():
            return Caller(key=key, operator=found)
        raise Denied(403, _("This provider is switched off. Please ask the city."))
    raise Denied(403, _("This key is for something else."))


def _limit(caller: Caller) -> None:
    most = settings().operator_requests_per_minute
    _asked.take(caller.key.pk, 1, most, time.monotonic())


def _method(request: HttpRequest) -> str:
    """The method, or the one that a POST names in its address."""
    wanted = request.GET.get("method", "").upper()
    if request.method != "POST" or not wanted:
        return "GET" if request.method == "HEAD" else str(request.method)
    if wanted not in OVERRIDES or request.content_type != "application/json":
        told = _("Send a POST with a body of application/json and method=PATCH, PUT or DELETE.")
        raise Wrong({"method": [told]})
    return wanted


def _not_allowed(methods: tuple[str, ...]) -> HttpResponse:
    response = answer({"detail": f"use {' or '.join(methods)}", "code": "wrong_method"}, 405)
    response["Allow"] = ", ".join((*methods, "HEAD") if "GET" in methods else methods)
    return response


def _body(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise Wrong({"non_field_errors": [_("Send at most %s bytes.") % MOST_BYTES]}, 413)
    if request.method in ("GET", "HEAD") or not request.body:
        return {}
    try:
        said = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, RecursionError):
        raise Wrong({"non_field_errors": [_("This is not JSON.")]}) from None
    if not isinstance(said, dict):
        raise Wrong({"non_field_errors": [_("Send an object with fields.")]})
    return said


def _refusal(
    refused: Wrong | Refused | Denied, caller: Caller | None, deed: str
) -> HttpResponse:  # fmt: skip
    if isinstance(refused, Refused):
        name = "Idempotency-Key" if refused.field == "key" else refused.field
        status = 409 if refused.code in CONFLICTS else 400
        refused = Wrong({name: [refused.text]}, status)
    if isinstance(refused, Wrong):
        response = answer(refused.errors, refused.status)
        what, why = next(iter(refused.errors.items()))
        reason = why[0]
    else:
        response = answer({"detail": refused.detail, "code": refused.code}, refused.status)
        what, reason = refused.code, refused.detail
    if refused.status == 401:
        response["WWW-Authenticate"] = 'ApiKey realm="parking_tickets"'
    elif caller is not None and caller.operator is not None:
        Refusal.objects.create(operator=caller.operator, deed=deed[:40], status=refused.status,
                               field=what[:60], reason=reason[:250])  # fmt: skip
    return response
