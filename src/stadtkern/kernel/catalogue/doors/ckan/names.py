"""UUIDs of packages, resources and organisations: the same for the same names, whoever asks."""

from threading import Lock
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.doors.links import FORMATS
from stadtkern.kernel.catalogue.models import Dataset, Publisher, Resource

Named = tuple[str, ...]
MAIN: Final = "csv"
_known: dict[str, Named] = {}
_lock = Lock()


def identifier(*names: str) -> str:
    """Of a package (its slug), a resource (both slugs), or one form of it (and its ending).

    The city's name goes in: catalogues of two cities meet in one harvester.
    """
    return str(uuid5(NAMESPACE_URL, "/".join((registry.city().city.name, *names))))


def resource_id(dataset: str, resource: str, ending: str = MAIN) -> str:
    """A table's main form, CSV, is the resource itself."""
    names = (dataset, resource) if ending == MAIN else (dataset, resource, ending)
    return identifier(*names)


def publisher_id(slug: str) -> str:
    """Of an organisation; no slug of a dataset has a colon."""
    return identifier(f"publisher:{slug}")


def package(given: str) -> str:
    """The slug that a package's name or UUID means; the given text where nobody knows."""
    return (_resolved(given) or (given,))[0] if _looks_like_one(given) else given


def resource(given: str) -> Named | None:
    """Dataset, resource and perhaps ending that a resource's UUID means."""
    found = _resolved(given) if _looks_like_one(given) else None
    return found if found and len(found) > 1 else None


def publisher(given: str) -> str:
    """The slug of an organisation's name or UUID."""
    if not _looks_like_one(given):
        return given
    slugs = Publisher.objects.values_list("slug", flat=True)
    return next((slug for slug in slugs if publisher_id(slug) == given), given)


def _looks_like_one(given: str) -> bool:
    return len(given) == 36 and given.count("-") == 4


def _resolved(given: str) -> Named | None:
    """A UUID cannot be turned round: ours are reckoned anew where one is not known yet."""
    given = given.lower()
    if given not in _known:
        with _lock:
            _known.clear()
            _known.update(_all())
    return _known.get(given)


def _all() -> dict[str, Named]:
    known: dict[str, Named] = {}
    for slug in Dataset.objects.published().values_list("slug", flat=True):
        known[identifier(slug)] = (slug,)
    pairs = Resource.objects.published().values_list("dataset__slug", "slug")
    for pair in pairs:
        known[identifier(*pair)] = pair
        for ending in (*(one.ending for one in FORMATS), *OTHERS):
            known.setdefault(resource_id(*pair, ending), (*pair, ending))
    return known


# Doors besides the forms of `links.FORMATS`.
OTHERS: Final = ("original", "table", "collection", "tiles")
