"""Writes letters in the transaction of what they tell: kept with it, or not at all."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from stadtkern.kernel import clock
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.post.models import Letter

SEND = "stadtkern.kernel.post.sending.send"


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A text file that goes with a mail; `type` with its parameters, such as a calendar's."""

    name: str
    type: str
    text: str


def write(
    *, key: str, to: str, subject: str = "", text: str, language: str = "de",
    files: Sequence[File] = (), topic: str = "", due: datetime | None = None,
    until: datetime | None = None, channel: str = "mail",
) -> bool:  # fmt: skip
    """Keep a letter and have it sent after the commit; False where this key was written before.

    `channel` is `mail` or `sms`. `topic` names what it is about (`booking:7`).
    """
    now = clock.now()
    letter, fresh = Letter.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel, "address": to, "language": language, "text": text,
            "subject": " ".join(subject.split())[:200], "topic": topic, "until": until,
            "files": [asdict(one) for one in files], "created": now, "due": due or now,
        },
    )  # fmt: skip
    if fresh and letter.due <= now:
        perform.defer(call=SEND, number=letter.pk)
    return fresh
