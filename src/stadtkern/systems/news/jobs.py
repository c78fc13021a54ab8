"""What the news need regularly: other feeds, and messages when something becomes public."""

from stadtkern.kernel import registry
from stadtkern.systems.news import changes


def keep_time() -> str:
    """Tell phones of articles whose time has come."""
    return f"{changes.announce_due()} announced"


def read_feeds() -> str:
    """Read other feeds; what that needs is loaded only then."""
    return str(registry.resolve("stadtkern.systems.news.importing.read_all")())
