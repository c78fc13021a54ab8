"""For ways without receipts: what the other side has taken in counts as accepted."""

from collections.abc import Sequence
from typing import Any

from stadtkern.kernel.cases.handover.protocol import Word
from stadtkern.kernel.cases.models import BackOffice


class Delivered:
    """The part that adapters share whose other side speaks by itself, or never."""

    def words(self, office: BackOffice, remote: str, memory: dict[str, Any]) -> Sequence[Word]:
        """That it was taken in; further words come by calls from outside."""
        return (Word(code="accepted", key="delivered", remote_case=remote),)

    def done(self, office: BackOffice, word: Word, memory: dict[str, Any]) -> None:
        """Nobody wants to know."""

    def news(self, office: BackOffice) -> Sequence[str]:
        """There is nothing to be asked."""
        return ()
