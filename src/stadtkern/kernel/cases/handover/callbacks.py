"""What back offices tell by themselves: that something is new, or (by webhook) a word."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import heard, signatures
from stadtkern.kernel.cases.handover.calling import secrets_of
from stadtkern.kernel.cases.handover.protocol import Attachment, Word
from stadtkern.kernel.cases.handover.queue import ATTEMPT
from stadtkern.kernel.cases.handover.round import look
from stadtkern.kernel.cases.models import BackOffice, Handover
from stadtkern.kernel.jobs.tasks import perform

# What a webhook may say; signed receipts come over FIT-Connect only.
CODES: Final = ("status", "request", "decided", "rejected")
LONGEST_KEY: Final = 100


class BadCall(ValueError):
    """A call that is signed rightly and says nothing that we understand."""


def news(office: BackOffice, timestamp: str, signature: str, body: bytes) -> int:
    """A callback of FIT-Connect: the cases it names are asked about at once; how many are ours.

    It is only a hint: what it says is believed when the event log says it, signed. So a repeated
    one does no harm. Raises BadSignature and BadCall.
    """
    _check(office, "callback_secret", timestamp, signature, body)
    told = _object(body).get("submissions")
    if not isinstance(told, list):
        raise BadCall("submissions: not a list")
    cases = [str(one.get("caseId", "")) for one in told if isinstance(one, dict)]
    numbers = look(office, cases)
    for number in numbers:
        perform.defer(call=ATTEMPT, number=number)
    return len(numbers)


def word(office: BackOffice, timestamp: str, signature: str, body: bytes) -> bool:
    """A word of a procedure behind a webhook; False where it was heard before.

    Raises BadSignature, BadCall and Handover.DoesNotExist.
    """
    _check(office, "signing_secret", timestamp, signature, body)
    told = _object(body)
    code, key = str(told.get("code", "")), str(told.get("key", ""))
    if code not in CODES or not key or len(key) > LONGEST_KEY:
        raise BadCall("code or key")
    row = Handover.objects.select_related("case").get(
        back_office=office,
        remote=str(told.get("case", "")),
        state__in=("sent", "accepted"),
        kind="case",
    )
    return heard.take(row, Word(
        code=code, key=f"word {key}", text=str(told.get("text", "")),
        outcome=str(told.get("outcome", "")), documents=_files(told),
        data={"wanted": [str(one) for one in told.get("wanted") or ()],
              "due": str(told.get("due") or "")},
    ))  # fmt: skip


def _check(office: BackOffice, name: str, timestamp: str, signature: str, body: bytes) -> None:
    secret = str(secrets_of(office).get(name, ""))
    signatures.check(secret, timestamp, signature, body, clock.now())


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise BadCall("not JSON") from None
    if not isinstance(found, dict):
        raise BadCall("not an object")
    return found


def _files(told: Mapping[str, Any]) -> tuple[Attachment, ...]:
    try:
        return tuple(
            Attachment(
                id=str(one.get("id", "")), name=str(one["name"]), mime=str(one["mime"]),
                content=base64.b64decode(str(one["content"]), validate=True), purpose="report",
            )
            for one in told.get("documents") or ()
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, binascii.Error):
        raise BadCall("documents") from None
