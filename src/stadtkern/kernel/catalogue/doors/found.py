"""Which published table or file an address means."""

from django.db.models import Q, QuerySet
from django.http import Http404

from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version

LONGEST = 240


def published() -> "QuerySet[Version]":
    """Versions of everything that everybody may see."""
    return (
        Version.objects.filter(resource__dataset__state=Dataset.PUBLISHED, staged=False)
        .select_related("resource__dataset__publisher", "file")
        .defer("file__content")
    )


def version(dataset: str, resource: str, asked: str = "") -> Version:
    """The current version of a published resource, or the one asked for by its number."""
    known = published().filter(resource__dataset__slug=dataset, resource__slug=resource)
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise Refused("version", "this is the number of a version")
    found = known.filter(number=int(asked)) if asked else known.filter(current=True)
    one = found.first()
    if one is None:
        raise Http404("there is no such published table, or no such version of it")
    return one


def table(dataset: str, resource: str, asked: str = "") -> Version:
    """The same, of a table whose rows are still there."""
    one = version(dataset, resource, asked)
    if one.resource.kind != Resource.TABLE:
        raise Http404("this is no table")
    if one.dropped:
        raise Refused("version", "the rows of this version are no longer kept", status=410)
    return one


def tables() -> "QuerySet[Version]":
    """The current versions of all published tables, by the names of their datasets."""
    known = published().filter(current=True, resource__kind=Resource.TABLE)
    return known.order_by("resource__dataset__slug", "resource__position", "resource_id")


def collection(name: str) -> Version:
    """The current version of the spatial table that is called `<dataset>-<resource>`."""
    parts = name[:LONGEST].split("-")
    pairs = Q()
    for i in range(1, len(parts)):
        pairs |= Q(resource__dataset__slug="-".join(parts[:i]), resource__slug="-".join(parts[i:]))
    found = tables().filter(pairs, resource__spatial=True).first() if pairs else None
    if found is None:
        raise Http404("there is no such collection")
    return found
