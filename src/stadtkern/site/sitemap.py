"""`/sitemap.xml`: all public pages in both languages, datasets by files (sitemaps.org 0.9)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public

# The protocol allows 50,000 addresses a file; each dataset has two.
PER_FILE: Final = 10_000
SPACES: Final = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
Entry = tuple[str, tuple[object, ...], datetime | None]
OWN: Final = ("home", "dashboard", "dashboard-list", "api")


@public
@require_safe
@cache_control(public=True, max_age=3600)
def index(request: HttpRequest) -> HttpResponse:
    """The files that there are."""
    site = address.base(request)
    files = ["pages", *(f"datasets-{n}" for n in range(1, _dataset_files() + 1))]
    found = "".join(
        f"<sitemap><loc>{site}{reverse('sitemap-file', args=[one])}</loc></sitemap>\n"
        for one in files
    )
    return _xml(f"<sitemapindex {SPACES}>\n{found}</sitemapindex>")


@public
@require_safe
@cache_control(public=True, max_age=3600)
def file(request: HttpRequest, section: str) -> HttpResponse:
    """One of them: the pages of systems, or a part of the datasets."""
    name, _, number = section.partition("-")
    sections: dict[str, Callable[[int], Iterable[Entry]]] = {"pages": _pages, "datasets": _datasets}
    start = int(number) if number.isdecimal() and len(number) < 6 else 0
    if name not in sections or (name == "datasets" and not 1 <= start <= _dataset_files()):
        raise Http404
    site = address.base(request)
    found = "".join(_urls(site, entry) for entry in sections[name](start))
    return _xml(f"<urlset {SPACES}>\n{found}</urlset>")


def _dataset_files() -> int:
    if not registry.is_on("open_data"):
        return 0
    return -(-Dataset.objects.published().count() // PER_FILE)


def _pages(_number: int) -> Iterator[Entry]:
    """What stands in menus and among the services, each once, and the systems' single pages."""
    names = [*OWN, *(nav.to for _system, nav in registry.nav("public"))]
    names += [one.page for system in registry.active() for one in system.services]
    for name in dict.fromkeys(names):
        yield name, (), None
    yield from ((page.to, page.args, page.changed) for _system, page in registry.pages())


def _datasets(number: int) -> Iterator[Entry]:
    rows = Dataset.objects.published().order_by("id").values_list("slug", "modified")
    for slug, modified in rows[(number - 1) * PER_FILE : number * PER_FILE]:
        yield "open_data:dataset", (slug,), modified


def _urls(site: str, entry: Entry) -> str:
    """The page in each language, and each of them says what the others are."""
    name, args, modified = entry
    found = {code: _address(name, args, code) for code, _title in settings.LANGUAGES}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(site + url)}"/>'
        for code, url in found.items() if url
    )  # fmt: skip
    changed = f"<lastmod>{modified:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if modified else ""
    return "".join(
        f"<url><loc>{escape(site + url)}</loc>{changed}{links}</url>\n"
        for url in found.values() if url
    )  # fmt: skip


def _address(name: str, args: tuple[object, ...], language: str) -> str:
    with override(language):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            return ""


def _xml(body: str) -> HttpResponse:
    answer = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
    return HttpResponse(answer, content_type="application/xml; charset=utf-8")
