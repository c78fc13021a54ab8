"""The network that the city's own broker brings."""

from stadtkern.kernel.devices.ingest.event import HOME
from stadtkern.kernel.devices.models import Network


def provide() -> None:
    """Its row, once; what staff have changed there stays."""
    Network.objects.get_or_create(
        slug=HOME, defaults={"title": "ChirpStack", "kind": "chirpstack", "way": "home"}
    )
