"""Calls of back offices: signed, short, and answered without a word about anybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.cases.handover import callbacks
from stadtkern.kernel.cases.handover.calling import secrets_of
from stadtkern.kernel.cases.handover.fit_connect import own_keys
from stadtkern.kernel.cases.handover.signatures import BadSignature
from stadtkern.kernel.cases.models import BackOffice, Handover
from stadtkern.kernel.people.access import public


@public
@csrf_exempt
@require_POST
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """FIT-Connect: something is new. Repeated over there until it is answered with 200."""
    office = _office(slug, "fit_connect")
    try:
        count = callbacks.news(
            office, request.headers.get("callback-timestamp", ""),
            request.headers.get("callback-authentication", ""), request.body,
        )  # fmt: skip
    except (BadSignature, callbacks.BadCall) as bad:
        return _refused(bad)
    return _answer({"cases": count})


@public
@csrf_exempt
@require_POST
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """A procedure behind a webhook says what became of a case."""
    office = _office(slug, "webhook")
    try:
        new = callbacks.word(
            office, request.headers.get("Stadtkern-Timestamp", ""),
            request.headers.get("Stadtkern-Signature", ""), request.body,
        )  # fmt: skip
    except (BadSignature, callbacks.BadCall) as bad:
        return _refused(bad)
    except Handover.DoesNotExist:
        return _answer({"error": "no such case"}, 404)
    return _answer({"new": new})


@public
@require_safe
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """Our public keys (JWKS): replies are encrypted to one, our receipts signed with the other."""
    secrets = secrets_of(_office(slug, "fit_connect"))
    return _answer({"keys": [*own_keys.public(secrets, "enc"), *own_keys.public(secrets, "sig")]})


def _office(slug: str, adapter: str) -> BackOffice:
    return get_object_or_404(BackOffice, slug=slug, adapter=adapter, enabled=True)


def _refused(bad: Exception) -> HttpResponse:
    status = 401 if isinstance(bad, BadSignature) else 400
    return _answer({"error": str(bad)}, status)


def _answer(told: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = JsonResponse(told, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
