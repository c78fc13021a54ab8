"""A signed POST to another program, which says by its status whether it has taken it."""

import hashlib
import hmac
from datetime import datetime

import httpx

from stadtkern.kernel import clock
from stadtkern.kernel.outward import Way

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class NotTaken(Exception):
    """The other side did not take the message; the text says what it answered."""


def post(way: Way, body: bytes, *, secret: str, key: str) -> None:
    """Send a JSON body; `key` names it for ever, so that it can be taken once. Raises NotTaken."""
    headers = {
        "Host": way.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Stadtkern",
        "Idempotency-Key": key,
        "Stadtkern-Signature": signature(secret, body, clock.now()),
    }
    # No proxy from the environment and no redirect: the checked address is the one that is called.
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
        request = client.build_request(
            "POST", way.url, content=body, headers=headers, extensions={"sni_hostname": way.host}
        )
        _send(client, request)


def _send(client: httpx.Client, request: httpx.Request) -> None:
    try:
        answer = client.send(request, stream=True)  # what it says is not read
        answer.close()
    except httpx.HTTPError as error:
        raise NotTaken(f"{type(error).__name__}: {error}"[:300]) from None
    if not 200 <= answer.status_code < 300:
        raise NotTaken(f"HTTP {answer.status_code}")


def signature(secret: str, body: bytes, at: datetime) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hex>`."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={digest.hexdigest()}"
