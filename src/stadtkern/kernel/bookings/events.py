"""What happened to bookings, for the systems that listen."""

from dataclasses import dataclass

from stadtkern.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class BookingChanged(Event):
    """A booking of this kind went from a state (empty: it is new) to another.

    Where the state stays, `after` says what changed: `moved` or `prolonged`.
    """

    booking: int
    kind: str
    before: str
    after: str

    @property
    def lane(self) -> str:
        """Events about one booking keep their order; one that fails holds back no other's."""
        return str(self.booking)


@dataclass(frozen=True, kw_only=True)
class WishOffered(Event):
    """Somebody on a waiting list was offered what became free."""

    wish: int
    kind: str

    @property
    def lane(self) -> str:
        """Events about one wish keep their order."""
        return str(self.wish)
