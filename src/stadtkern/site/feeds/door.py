"""What all feeds have in common: open to every origin, small when unchanged, clear refusals."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel.catalogue.doors.answers import Refused, refusal
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page

View = Callable[..., HttpResponseBase]
METHODS: Final = ("GET", "HEAD")
XML: Final = "application/xml; charset=utf-8"
JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
# Seconds: what is measured every minute need not be asked for more often.
FRESH: Final = 30


def feed(view: View) -> View:
    """A view for programs: GET and HEAD, any origin, and refusals with field and reason."""

    @public
    @csrf_exempt
    @wraps(view)
    @one_page()
    def guarded(request: HttpRequest, **names: Any) -> HttpResponseBase:
        response = _opened(view, request, names)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        return response

    return guarded


def _opened(view: View, request: HttpRequest, names: dict[str, Any]) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _preflight()
    if request.method not in METHODS:
        response = refusal(Refused("method", "use GET", status=405))
        response["Allow"] = ", ".join((*METHODS, "OPTIONS"))
        return response
    try:
        return view(request, **names)
    except Refused as problem:
        return refusal(problem)


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join((*METHODS, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = "Accept, If-None-Match, If-Modified-Since"
    response["Access-Control-Max-Age"] = "86400"
    return response


def answer(
    request: HttpRequest, told: Sequence[object], changed: datetime, kind: str,
    write: Callable[[], bytes],
) -> HttpResponseBase:  # fmt: skip
    """What `write` gives, or 304 where the asker has it: `told` are the records it is made of.

    The mark is made of the records, since the text names the second in which it was written.
    """
    asked = f"{request.get_host()} {request.get_full_path()}"
    mark = hashlib.sha256(f"{asked} {told!r}".encode()).hexdigest()[:20]
    etag, modified = f'W/"{mark}"', int(changed.timestamp())
    known: HttpResponseBase | None = get_conditional_response(
        request, etag=etag, last_modified=modified
    )
    response = known or HttpResponse(write(), content_type=kind)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response
