"""Which car park is filled from which source, for those who publish it again."""

from dataclasses import dataclass

from stadtkern.systems.parking.models import Offer


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """The outside source of a car park."""

    slug: str
    name: str


def by_site() -> dict[int, Provider]:
    """Of the sites that a source fills, by key of the site; one query."""
    rows = Offer.objects.filter(state="taken", site__isnull=False)
    return {
        site: Provider(slug=slug, name=name)
        for site, slug, name in rows.values_list("site", "source__slug", "source__name")
    }
