"""Messages on the phone: chosen and ended by the browser itself, without an account."""

import json
from datetime import time
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.people.access import public
from stadtkern.kernel.push import subscribing
from stadtkern.kernel.push.models import Subscription
from stadtkern.kernel.push.subscribing import Refused, Wanted

LONGEST = 8000


@public
@require_POST
def subscribe(request: HttpRequest) -> JsonResponse:
    """Take or change a subscription; the answer's `token` ends it."""
    try:
        made = subscribing.subscribe(_wanted(_said(request)))
    except Refused as refused:
        return _problem(str(refused))
    return JsonResponse({"token": made.token, "topics": made.topics})


@public
@require_POST
def state(request: HttpRequest) -> JsonResponse:
    """What a browser that has a token is subscribed to; nothing where that has ended."""
    token = str(_said(request).get("token", ""))
    found = Subscription.objects.filter(token=token).first() if token else None
    if found is None:
        return JsonResponse({"topics": []})
    return JsonResponse({
        "topics": found.topics,
        "quiet_from": f"{found.quiet_from:%H:%M}" if found.quiet_from else "",
        "quiet_until": f"{found.quiet_until:%H:%M}" if found.quiet_until else "",
    })  # fmt: skip


@public
@require_POST
def end(request: HttpRequest) -> JsonResponse:
    """End a subscription; may be repeated."""
    return JsonResponse({"ended": subscribing.unsubscribe(str(_said(request).get("token", "")))})


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body[:LONGEST])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _wanted(said: dict[str, Any]) -> Wanted:
    given = said.get("subscription")
    told = given if isinstance(given, dict) else {}
    keys = told.get("keys") if isinstance(told.get("keys"), dict) else {}
    assert isinstance(keys, dict)
    topics = said.get("topics")
    return Wanted(
        endpoint=str(told.get("endpoint", "")), public=str(keys.get("p256dh", "")),
        secret=str(keys.get("auth", "")), language=(get_language() or "de")[:2],
        topics=tuple(str(one) for one in topics) if isinstance(topics, list) else (),
        quiet_from=_clock(said.get("quiet_from")), quiet_until=_clock(said.get("quiet_until")),
    )  # fmt: skip


def _clock(text: Any) -> time | None:
    """`22:00`, or none."""
    if not text:
        return None
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        raise Refused(_("Please enter the time as hours and minutes, such as 22:00.")) from None


def _problem(text: str) -> JsonResponse:
    return JsonResponse({"problem": text}, status=422)
