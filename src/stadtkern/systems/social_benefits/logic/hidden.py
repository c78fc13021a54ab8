"""The finder's answers between two pages: sealed in the page itself, nowhere else."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from stadtkern.kernel import clock, sealing
from stadtkern.systems.social_benefits.logic.benefits import questions

# As long as somebody may think about one page.
LASTS: Final = timedelta(hours=2)
LONGEST: Final = 20_000


class TooOld(Exception):
    """The page was open for too long, or was changed on its way."""


def hide(answers: Mapping[str, Any]) -> str:
    """The answers for a hidden input: encrypted, so that no cache and no log reads them."""
    said = {"at": clock.now().timestamp(), "answers": dict(answers)}
    return sealing.seal(json.dumps(said)).decode()


def reveal(text: str) -> dict[str, Any]:
    """The answers again; empty where nothing came along. Raises TooOld."""
    if not text:
        return {}
    try:
        said = json.loads(sealing.unseal(text[:LONGEST].encode()))
    except ValueError:
        raise TooOld from None
    if clock.now().timestamp() - said["at"] > LASTS.total_seconds():
        raise TooOld
    known = questions().fields()
    return {name: value for name, value in said["answers"].items() if name in known}
