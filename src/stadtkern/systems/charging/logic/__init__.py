"""The rules of charging points: their status, what they cost, the register, the ranking."""

from stadtkern.kernel import registry
from stadtkern.systems.charging.settings import ChargingSettings

LOCATION = "charging.location"
POINTS, FREE = "charging.points", "free_points"
CADDY_STAND = "charging.caddy-stand"
CADDY_THING = "charging.caddy"
CADDY_KIND = "charging.caddy"


def settings() -> ChargingSettings:
    """The city's own settings."""
    chosen = registry.settings_of("charging")
    assert isinstance(chosen, ChargingSettings)
    return chosen
