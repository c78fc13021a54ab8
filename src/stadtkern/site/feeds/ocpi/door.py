"""What all OCPI addresses have in common: tokens, the envelope, pages, refusals (2.2.1, 4)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel import clock, feeds
from stadtkern.kernel.feeds.roaming import Desk, Part, Partner
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page

View = Callable[..., HttpResponseBase]
MOST: Final = 100
IDS: Final = ("X-Request-ID", "X-Correlation-ID")


class Wrong(Exception):
    """A request that cannot be served: HTTP status, status code of OCPI (5), and why."""

    def __init__(self, status: int, code: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.code, self.reason = status, code, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A partner, the desk that knows it, and the token with which it came."""

    partner: Partner
    desk: Desk
    token: str


def stamp(at: datetime) -> str:
    """`2026-11-23T18:04:00.123Z`: UTC, as OCPI wants it (16.2)."""
    said = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return said.replace("+00:00", "Z")


def envelope(data: Any = None, *, code: int = 1000, message: str = "", status: int = 200
             ) -> HttpResponse:  # fmt: skip
    """`{data, status_code, status_message, timestamp}`."""
    told = {"status_code": code, "status_message": message or ("Success" if code == 1000 else ""),
            "timestamp": stamp(clock.now())}  # fmt: skip
    if data is not None:
        told["data"] = data
    answer = HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def door(*methods: str, before_registration: bool = False) -> Callable[[View], View]:
    """A view for partners: it gets the caller, who has a partner, its desk and its token.

    With its first token a partner may only look for the versions and register.
    """

    def guard(view: View) -> View:
        @public
        @csrf_exempt
        @wraps(view)
        @one_page()
        def guarded(request: HttpRequest, **names: Any) -> HttpResponseBase:
            desks: list[Desk] = feeds.records("roaming")
            if not desks:
                raise Http404
            try:
                if request.method not in methods:
                    raise Wrong(405, 2000, f"use {' or '.join(methods)}")
                caller = _caller(request, desks)
                if not caller.partner.registered and not before_registration:
                    raise Wrong(401, 2000, "register first: POST your credentials")
                answer = view(request, caller=caller, **names)
            except Wrong as wrong:
                answer = _refusal(wrong, methods)
            for name in IDS:
                if name in request.headers:
                    answer[name] = request.headers[name][:64]
            return answer

        return guarded

    return guard


def _refusal(wrong: Wrong, methods: Sequence[str]) -> HttpResponse:
    answer = envelope(code=wrong.code, message=wrong.reason, status=wrong.status)
    if wrong.status == 401:
        answer["WWW-Authenticate"] = "Token"
    if wrong.status == 405:
        answer["Allow"] = ", ".join(methods)
    return answer


def _caller(request: HttpRequest, desks: Sequence[Desk]) -> Caller:
    """Who asks. The token is Base64 (4.1.1); a plain one, as older partners send, is read too."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "token" or not given.strip():
        raise Wrong(401, 2000, "send your token: Authorization: Token <Base64 of it>")
    for token in (_decoded(given.strip()), given.strip()):
        for desk in desks if token else ():
            if found := desk.known(token):
                return Caller(partner=found, desk=desk, token=token)
    raise Wrong(401, 2000, "this token is not known, or not valid any more")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the request."""
    try:
        told = msgspec.json.decode(request.body[:65_536])
    except msgspec.DecodeError:
        raise Wrong(400, 2001, "the body is no JSON") from None
    if not isinstance(told, dict):
        raise Wrong(400, 2001, "the body is no JSON object")
    return told


class Page:
    """Which part of a list is asked for (4.1.3): offset, limit, and when it was changed."""

    def __init__(self, request: HttpRequest) -> None:
        self.offset = _number(request, "offset", 0)
        self.limit = min(_number(request, "limit", MOST) or MOST, MOST)
        self.since, self.until = _instant(request, "date_from"), _instant(request, "date_to")

    @property
    def part(self) -> Part:
        """As a desk is asked for it."""
        return Part(offset=self.offset, limit=self.limit, since=self.since, until=self.until)

    def takes(self, changed: datetime) -> bool:
        """Changed since `date_from` and before `date_to`."""
        return (self.since is None or changed >= self.since) and (
            self.until is None or changed < self.until
        )


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    said = request.GET.get(name, "")
    if said and not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Wrong(400, 2001, f"{name}: a whole number from 0 on")
    return int(said) if said else otherwise


def _instant(request: HttpRequest, name: str) -> datetime | None:
    said = request.GET.get(name, "")
    if not said:
        return None
    try:
        found = parse_datetime(said.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None:
        raise Wrong(400, 2001, f"{name}: a time as 2026-11-23T18:04:00Z")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def listed(request: HttpRequest, page: Page, shown: Sequence[Any], total: int) -> HttpResponse:
    """A part of a list with the address of the next one."""
    answer = envelope(list(shown))
    answer["X-Total-Count"], answer["X-Limit"] = str(total), str(MOST)
    if page.offset + page.limit < total:
        query = request.GET.copy()
        query["offset"], query["limit"] = str(page.offset + page.limit), str(page.limit)
        url = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        answer["Link"] = f'<{url}>; rel="next"'
    return answer
