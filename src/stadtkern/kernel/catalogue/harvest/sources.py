"""All datasets of a source, page after page, whatever kind of source it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.harvest import ckan, fetch
from stadtkern.kernel.catalogue.harvest.found import Found, Leaf
from stadtkern.kernel.catalogue.models import Source

MOST_PAGES: Final = 1000


@dataclass(kw_only=True, slots=True)
class Reading:
    """A pass over a source. `whole` once all pages were read, `unchanged` if there was no need.

    `etag` and `last_modified` are those of the first page, which a later pass may offer; they
    are kept only of a source that has one page, since the others may change without it.
    """

    source: Source
    pages: int = 0
    whole: bool = False
    unchanged: bool = False
    etag: str = ""
    last_modified: str = ""
    seen: set[str] = field(default_factory=set)

    def datasets(self, *, at_most: int | None = None, anew: bool = False) -> Iterator[Found]:
        """Each dataset once. Raises fetch.NotRead. `anew` does not ask whether it changed."""
        url = self.source.url
        if self.source.kind == Source.CKAN:
            url = ckan.page_url(url, 0)
        given, asked = 0, set()
        while url:
            if url in asked or self.pages >= MOST_PAGES:
                raise fetch.NotRead(_("The pages of the catalogue lead round in a circle."))
            asked.add(url)
            leaf = self._page(url, anew=anew)
            if leaf is None:
                return
            for one in leaf.datasets:
                key = one.iri or next(iter(one.identifiers), "")
                if key and key in self.seen:
                    continue
                self.seen.add(key)
                yield one
                given += 1
                if at_most is not None and given >= at_most:
                    return
            url = urljoin(url, leaf.next) if leaf.next else ""
        self.whole = True
        if self.pages > 1:
            self.etag = self.last_modified = ""

    def _page(self, url: str, *, anew: bool) -> Leaf | None:
        first = self.pages == 0 and not anew
        document = fetch.get(
            url, etag=self.source.etag if first else "",
            last_modified=self.source.last_modified if first else "",
        )  # fmt: skip
        if document.unchanged:
            self.unchanged = True
            return None
        if self.pages == 0:
            self.etag, self.last_modified = document.etag, document.last_modified
        self.pages += 1
        if self.source.kind == Source.DCAT:
            return fetch.leaf(document)
        try:
            return ckan.read(document.body, url)
        except ckan.NotUnderstood as problem:
            raise fetch.NotRead(str(problem)) from None
