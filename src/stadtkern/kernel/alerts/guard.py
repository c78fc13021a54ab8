"""Which addresses a webhook may reach: nothing inside the city's own network unless allowed."""

from stadtkern.kernel import outward, registry
from stadtkern.kernel.outward import Refused, Way

__all__ = ["Refused", "Way", "way_to"]


def way_to(url: str) -> Way:
    """How to reach a webhook. Raises Refused (see `kernel.outward`)."""
    networks = registry.city().alerts.private_networks
    return outward.way_to(url, networks=networks, setting="[alerts] private_networks")
