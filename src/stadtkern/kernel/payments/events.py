"""What others hear of payments."""

from dataclasses import dataclass

from stadtkern.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ChargeChanged(Event):
    """A charge was paid, cancelled, or paid back in whole or in part.

    `before` and `after` are states of the charge. After a part was paid back both are `paid`, and
    `refunded` is what has gone back so far, in cents.
    """

    charge: int
    kind: str
    subject: str
    before: str
    after: str
    refunded: int = 0

    @property
    def lane(self) -> str:
        """Events about one charge keep their order; one that fails holds back no other's."""
        return str(self.charge)
