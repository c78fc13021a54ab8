"""Single tables for the city's search and its sitemap."""

from collections.abc import Iterator

from django.db.models import Max
from django.utils.translation import get_language

from stadtkern.kernel.contract import Page
from stadtkern.systems.statistics.models import Edition, Table


def pages() -> Iterator[Page]:
    """All published tables with the day of their newest edition; two queries."""
    published = Edition.objects.filter(state=Edition.PUBLISHED).order_by()
    newest = dict(published.values_list("table").annotate(Max("published")))
    for one in Table.objects.published().select_related("theme"):
        english = one.about_en if get_language() == "en" else ""
        yield Page(
            title=one.name,
            summary=english or one.about,
            to="statistics:table",
            args=(one.slug,),
            words=f"{one.keywords} {one.theme.name}",
            changed=newest.get(one.pk),
        )
