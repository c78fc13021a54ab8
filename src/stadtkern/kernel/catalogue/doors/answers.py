"""Answers of the doors: JSON, unchanged ones, refusals with field and reason, and long streams."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Final

import msgspec
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from stadtkern.kernel.catalogue.models import Version

JSON: Final = "application/json"
# A new one where the form of an answer changes and its rows do not.
FORM: Final = 1
CODES: Final = {404: "NotFound", 405: "MethodNotAllowed", 410: "Gone", 503: "TakesTooLong"}


class Refused(Exception):
    """A question that cannot be answered: which field of it, and why."""

    def __init__(self, field: str, reason: str, status: int = 400) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason, self.status = field, reason, status


def json_answer(told: Any, *, status: int = 200, kind: str = JSON) -> HttpResponse:
    """JSON as msgspec writes it: dates in ISO 8601, no blanks."""
    return HttpResponse(msgspec.json.encode(told), content_type=kind, status=status)


def refusal(problem: Refused) -> HttpResponse:
    """`{"code", "description", "status", "errors": [{"field", "reason"}]}`: also OGC's shape."""
    told = {
        "code": CODES.get(problem.status, "InvalidParameterValue"),
        "description": str(problem),
        "status": problem.status,
        "errors": [{"field": problem.field, "reason": problem.reason}],
    }
    response = json_answer(told, status=problem.status)
    response["Cache-Control"] = "no-store"
    return response


def etag_of(request: HttpRequest, version: Version) -> str:
    """Changes with the version, its dataset's record, and what is asked of it."""
    dataset = version.resource.dataset
    asked = f"{request.get_full_path()} {request.headers.get('Accept', '')}"
    language = request.headers.get("Accept-Language", "")
    known = f"{FORM} {version.pk} {dataset.modified.timestamp()} {asked} {language}"
    return f'"{hashlib.sha256(known.encode()).hexdigest()[:20]}"'


def unchanged(request: HttpRequest, version: Version) -> HttpResponseBase | None:
    """304 where the program has this answer already."""
    known: HttpResponseBase | None = get_conditional_response(
        request, etag=etag_of(request, version), last_modified=_modified(version)
    )
    return marked(request, known, version) if known is not None else None


def marked(
    request: HttpRequest, response: HttpResponseBase, version: Version, *, age: int = 0
) -> HttpResponseBase:
    """With what a cache needs; `age` in seconds, 0 asks each time whether it is still so."""
    response["ETag"] = etag_of(request, version)
    response["Last-Modified"] = http_date(_modified(version))
    response["Cache-Control"] = f"public, max-age={age}" if age else "public, no-cache"
    patch_vary_headers(response, ["Accept"])
    return response


def _modified(version: Version) -> int:
    return int(max(version.created, version.resource.dataset.modified).timestamp())


def streamed(chunks: Iterable[bytes], kind: str, name: str = "") -> StreamingHttpResponse:
    """An answer of any size in little memory; with a name, browsers keep it as a file."""
    response = StreamingHttpResponse(_each(iter(chunks)), content_type=kind)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _each(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Between chunks the connection goes back to the pool: a slow reader holds none."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[bytes]) -> bytes | None:
    try:
        return next(chunks, None)
    finally:
        # Whoever put a transaction around this keeps the connection.
        if not connection.in_atomic_block:
            close_old_connections()
