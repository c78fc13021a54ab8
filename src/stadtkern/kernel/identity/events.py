"""What others hear of accounts."""

from dataclasses import dataclass

from stadtkern.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountClosed(Event):
    """Somebody has closed their account; the row is there, and nothing of the person in it."""

    account: int

    @property
    def lane(self) -> str:
        """Events about one account keep their order."""
        return str(self.account)
