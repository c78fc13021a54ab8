"""The rules of renting a box, opening it, and of bicycles that stay."""

from stadtkern.kernel import registry
from stadtkern.systems.bike_boxes.settings import BikeBoxSettings

RENTAL = "bike_boxes.rental"
FACILITY = "bike_boxes.facility"
COUNT, FREE = "bike_boxes.count", "free_boxes"


def settings() -> BikeBoxSettings:
    """The city's own settings."""
    chosen = registry.settings_of("bike_boxes")
    assert isinstance(chosen, BikeBoxSettings)
    return chosen
