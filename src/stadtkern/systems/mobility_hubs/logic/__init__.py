"""Which stations there are, what is free there now, what leaves next."""

from datetime import timedelta
from typing import Final

from stadtkern.kernel import registry
from stadtkern.systems.mobility_hubs.settings import MobilityHubsSettings

HUB: Final = "mobility_hubs.hub"
COUNT: Final = "mobility_hubs.availability"


def settings() -> MobilityHubsSettings:
    """The city's own settings."""
    chosen = registry.settings_of("mobility_hubs")
    assert isinstance(chosen, MobilityHubsSettings)
    return chosen


def stale_after() -> timedelta:
    """After how long what others told is no longer believed."""
    return timedelta(minutes=settings().stale_after_minutes)
