"""Sends push messages that are due: claimed before, so that two workers send none twice."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from stadtkern.kernel import clock, outward, registry
from stadtkern.kernel.push.encryption import encrypt
from stadtkern.kernel.push.identity import authorization, decoded
from stadtkern.kernel.push.models import Announcement, Sending
from stadtkern.kernel.push.quiet import quiet_until
from stadtkern.kernel.sealing import unseal

# Who claims a message has so long to send it; then another worker may.
LEASE = timedelta(minutes=5)
BATCH = 50
# Of one run, in seconds: the next minute goes on.
BUDGET = 45.0
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
MOST_TRIES = 8
KEPT = timedelta(days=60)
TIMEOUT = httpx.Timeout(10.0)
GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


def run() -> str:
    """Send what is due; failures wait longer each time, subscriptions that are gone go."""
    begun, sent, failed = time.monotonic(), 0, 0
    while time.monotonic() - begun < BUDGET and (claimed := _claim()):
        for one in claimed:
            well = _send(one)
            sent, failed = sent + well, failed + (not well)
    Announcement.objects.filter(created__lt=clock.now() - KEPT).delete()
    return f"{sent} push messages sent, {failed} not"


def soon(_number: int) -> str:
    """Send right after an announcement; the minute's run does what is left."""
    return run()


def _claim() -> list[Sending]:
    """Messages that are ours for a while; those of quiet browsers wait until their morning."""
    now = clock.now()
    with transaction.atomic():
        due = Sending.objects.filter(state="waiting", due__lte=now).order_by("due")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        rows = list(
            Sending.objects.filter(pk__in=ids).select_related("announcement", "subscription")
        )
        for one in rows:
            _prepare(one, now)
        Sending.objects.bulk_update(rows, ["state", "due", "tries"])
    return list(_ours(rows, now))


def _prepare(one: Sending, now: datetime) -> None:
    if one.announcement.until <= now:
        one.state = "over"
        return
    waits = None if one.announcement.urgent else quiet_until(one.subscription, now)
    if waits:
        one.due = waits
    else:
        one.due, one.tries = now + LEASE, one.tries + 1


def _ours(rows: list[Sending], now: datetime) -> Iterator[Sending]:
    return (one for one in rows if one.state == "waiting" and one.due == now + LEASE)


def _send(one: Sending) -> bool:
    try:
        answer = _post(one)
    except (outward.Refused, httpx.HTTPError, ValueError) as error:
        return _settle(one, f"{type(error).__name__}: {error}")
    if answer.status_code in GONE:
        one.subscription.delete()
        return False
    if answer.is_success:
        return _settle(one, "")
    final = answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS
    problem = f"{answer.status_code} {answer.text[:200]}"
    return _settle(one, problem, final=final, pause=_asked_pause(answer))


def _post(one: Sending) -> httpx.Response:
    said, to = one.announcement, one.subscription
    way = outward.way_to(
        to.endpoint, networks=registry.city().push.private_networks,
        setting="[push] private_networks",
    )  # fmt: skip
    body = encrypt(_message(one), decoded(to.public), decoded(unseal(to.secret)))
    left = max(int((said.until - clock.now()).total_seconds()), 0)
    headers = {
        "Host": way.host_header, "TTL": str(left), "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream", "Authorization": authorization(to.endpoint),
        "Urgency": "high" if said.urgent else "normal",
    }  # fmt: skip
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
        return client.post(
            way.url, content=body, headers=headers, extensions={"sni_hostname": way.host}
        )


def _message(one: Sending) -> bytes:
    """What the service worker shows."""
    said, language = one.announcement, one.subscription.language
    english = language == "en"
    with override(language):
        try:
            url = reverse(said.page, args=said.args)
        except NoReverseMatch:
            url = reverse("home")
    told = {
        "title": (said.title_en if english else "") or said.title,
        "body": (said.text_en if english else "") or said.text,
        "url": url, "tag": said.key, "lang": language, "urgent": said.urgent,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def _asked_pause(answer: httpx.Response) -> timedelta | None:
    """What the push service asks for, within reason."""
    said = answer.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(said)), LONGEST_PAUSE) if said.isdecimal() else None


def _settle(
    one: Sending, problem: str, *, final: bool = False, pause: timedelta | None = None
) -> bool:
    one.problem = problem[:300]
    if not problem:
        one.state, one.sent = "sent", clock.now()
    elif final or one.tries >= MOST_TRIES:
        one.state = "failed"
    else:
        one.due = clock.now() + (pause or min(FIRST_PAUSE * 2 ** (one.tries - 1), LONGEST_PAUSE))
    # Not `save`: the browser may have ended its subscription meanwhile.
    facts = {"problem": one.problem, "state": one.state, "sent": one.sent, "due": one.due}
    Sending.objects.filter(pk=one.pk).update(**facts)
    return not problem
