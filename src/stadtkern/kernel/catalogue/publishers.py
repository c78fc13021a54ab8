"""The city as the publisher of its datasets."""

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.models import Publisher

CITY = "city"


def city() -> Publisher:
    """The city itself, named as in the city file when it was first asked for."""
    identity = registry.city().city
    found, _ = Publisher.objects.get_or_create(
        slug=CITY, defaults={"name": f"Stadt {identity.name}", "email": identity.contact}
    )
    return found
