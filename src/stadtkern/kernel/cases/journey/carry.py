"""Answers on their way from one form, or a benefit finder, into another form."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from stadtkern.kernel import clock, sealing

LASTS: Final = timedelta(hours=1)
# What fits into the address of a page everywhere; forms may send as much as they like.
LONGEST: Final = 200_000


class NotCarried(Exception):
    """No such handover, for another form, or too old. The form begins empty then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """Answers by field id, and the form they are for."""

    form: str
    answers: Mapping[str, Any]


def carry(answers: Mapping[str, Any], form_slug: str) -> str:
    """The answers, encrypted and signed, for the field `from` of the form that begins a case.

    Nothing is kept of them: who does not send it within an hour has carried nothing.
    """
    said = {"form": form_slug, "answers": dict(answers), "at": clock.now().timestamp()}
    packed = zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 9)
    return sealing.seal_bytes(packed).decode().rstrip("=")


def carried(token: str) -> Carried:
    """What `carry` was given. Raises NotCarried."""
    try:
        opened = sealing.unseal_bytes(_padded(token[:LONGEST]))
        said = json.loads(zlib.decompressobj().decompress(opened, LONGEST))
        age = clock.now().timestamp() - said["at"]
    except (ValueError, KeyError, TypeError, zlib.error):
        raise NotCarried from None
    if age > LASTS.total_seconds():
        raise NotCarried
    return Carried(form=said["form"], answers=said["answers"])


def _padded(token: str) -> bytes:
    return (token + "=" * (-len(token) % 4)).encode("ascii", "replace")
