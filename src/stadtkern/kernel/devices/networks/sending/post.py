"""Parcels to a network's HTTP API."""

import ssl

import httpx

from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome
from stadtkern.kernel.devices.networks.sending.parcel import Parcel

PATIENCE = 10.0  # seconds
# Statuses after which the same request may succeed later.
BUSY = (408, 425, 429)
# An id that ChirpStack has in its queue already: an earlier try has come through.
THERE = 409


def deliver(parcel: Parcel, key: str, ca: str = "") -> Answer:
    """Send with a bearer key; no redirect is followed, so that the key stays where it belongs."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        answer = httpx.request(
            parcel.method,
            parcel.url,
            content=parcel.body,
            headers=headers,
            timeout=PATIENCE,
            follow_redirects=False,
            verify=ssl.create_default_context(cadata=ca or None),
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        return Answer(outcome=Outcome.NOT_SENT, reason=f"other:{error}"[:200])
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        return Answer(outcome=Outcome.UNSURE, reason=f"other:{error}"[:200])
    return _understood(answer)


def _understood(answer: httpx.Response) -> Answer:
    said = f"{answer.status_code} {answer.reason_phrase}: {' '.join(answer.text[:200].split())}"
    if answer.is_success or answer.status_code == THERE:
        return Answer(outcome=Outcome.TAKEN)
    if answer.status_code in BUSY or answer.is_server_error:
        return Answer(outcome=Outcome.UNSURE, reason=said)
    return Answer(outcome=Outcome.REFUSED, reason=said)
