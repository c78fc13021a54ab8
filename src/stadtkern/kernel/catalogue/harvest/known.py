"""What our catalogue has already, to tell what is new from what is there under another name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.harvest.found import Found
from stadtkern.kernel.catalogue.models import Dataset, Harvested, Source

OWN_PATHS: Final = ("/data/", "/en/open_data/", "/api/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Same:
    """A dataset that we have, and by what it is known to be the same."""

    title: str
    by: str


class Known:
    """All that was there when a run began; afterwards nothing is asked.

    Within one source nothing is the same as something else: it knows its own datasets.
    """

    def __init__(self, source: Source) -> None:
        self.site = address.base()
        self.here: dict[str, Harvested] = {}
        self.names: dict[str, str] = {}
        self.addresses: dict[frozenset[str], str] = {}
        self.pages: dict[tuple[str, str], str] = {}
        for one in Harvested.objects.select_related("dataset").defer("original", "facts"):
            if one.source_id == source.pk:
                self.here[one.iri] = one
            elif one.dataset.state != Dataset.WITHDRAWN:
                self.add(one.dataset.title, one.dataset.landing_page, one.addresses,
                         (one.iri, one.identifier))  # fmt: skip
        self._own()

    def _own(self) -> None:
        """What staff published with addresses elsewhere."""
        rows = Dataset.objects.exclude(origin=Dataset.HARVESTED).prefetch_related("resources")
        for one in rows.exclude(state=Dataset.WITHDRAWN):
            urls = [resource.url for resource in one.resources.all() if resource.url]
            name = address.dataset_iri(self.site, one.slug)
            self.add(one.title, one.landing_page, urls, (name,))

    def add(
        self, title: str, landing_page: str, addresses: Iterable[str], names: Iterable[str]
    ) -> None:
        """One more dataset that is not of this source."""
        for name in names:
            if is_name(name):
                self.names.setdefault(name, title)
        if urls := frozenset(addresses):
            self.addresses.setdefault(urls, title)
        if landing_page:
            self.pages.setdefault((landing_page, folded(title)), title)

    def same(self, found: Found) -> Same | None:
        """A dataset of ours that this one is, in another place or under another name."""
        names = [found.iri, *found.identifiers]
        if any(self.is_ours(one) for one in (*names, found.landing_page)):
            return Same(title=found.title, by=_("It is our own and came back."))
        for name in names:
            if title := self.names.get(name):
                return Same(title=title, by=_("It has the same identifier."))
        urls = addresses_of(found)
        if urls and (title := self.addresses.get(frozenset(urls))):
            return Same(title=title, by=_("It leads to the same addresses."))
        if title := self.pages.get((found.landing_page, folded(found.title))):
            return Same(title=title, by=_("It has the same page and title."))
        return None

    def is_ours(self, url: str) -> bool:
        """Whether an address is one of our own site's."""
        return any(url.startswith(self.site + path) for path in OWN_PATHS)


def addresses_of(found: Found) -> list[str]:
    """Where its distributions are, each once."""
    return sorted({one.url[:1000] for one in found.parts})


def is_name(name: str) -> bool:
    """Whether it is distinct enough to know a dataset by: an address, or as long as a UUID."""
    return "://" in name or name.startswith("urn:") or len(name) >= 20


def folded(title: str) -> str:
    """A title without what people write differently."""
    return " ".join(title.casefold().split())
