"""The table and edition that an address names."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.models import Edition


def cube(request: HttpRequest, slug: str) -> Cube:
    """The published edition that is asked for, or the newest; 404 where there is none."""
    number = request.GET.get("edition", "")
    found = Edition.objects.filter(table__slug=slug, state=Edition.PUBLISHED)
    if number:
        found = found.filter(number=int(number) if number.isdecimal() and len(number) < 9 else 0)
    edition = _named(found).order_by("-number").first()
    if edition is None:
        raise Http404
    return Cube(edition)


def _named(found: QuerySet[Edition]) -> QuerySet[Edition]:
    """With what a page says of them; the file's content is not among it."""
    return found.select_related("table__theme", "file").defer("file__content")


def is_newest(edition: Edition) -> bool:
    """Whether no later edition is public."""
    later = Edition.objects.filter(table=edition.table_id, state=Edition.PUBLISHED)
    return not later.filter(number__gt=edition.number).exists()
