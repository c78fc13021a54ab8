"""Addresses of the catalogue for programs: whole, by dataset, in the format they ask for."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.dcat import address, catalogue, facts, record
from stadtkern.kernel.catalogue.dcat.formats import FORMATS, Format, wanted
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page

# Changes whenever what is written of the same dataset changes.
WRITTEN = "1"


@public
@require_safe
def catalog(request: HttpRequest, format: str = "") -> HttpResponse:
    """A page of the catalogue; a person is led to the portal where no format is named."""
    chosen = FORMATS.get(format) or wanted(request.headers.get("Accept", ""), page=True)
    if chosen is None:
        return _to(address.portal(""))
    site = address.base(request)
    total, state, modified = catalogue.state()
    page = _page(request, total, modified, site)
    tag = _tag(site, chosen.ending, page.number, state)
    if answer := _unchanged(request, tag):
        return answer
    with one_page():
        nodes = list(catalogue.nodes(page, catalogue.on_page(page), site))
    return _answer(chosen, nodes, tag, _links(page))


@public
@require_safe
def dataset(request: HttpRequest, slug: str, format: str = "") -> HttpResponse:
    """A dataset's record, or its page where no format is named and a person asks."""
    chosen = FORMATS.get(format) or wanted(request.headers.get("Accept", ""), page=True)
    if chosen is None:
        return _to(address.page_of("", slug))
    known = get_object_or_404(catalogue.fetched(Dataset.objects.published()), slug=slug)
    site = address.base(request)
    tag = _tag(site, chosen.ending, known.pk, known.modified, _read(known))
    if answer := _unchanged(request, tag):
        return answer
    with one_page():
        nodes = record.document(known, site)
    page = f'<{address.page_of(site, slug)}>; rel="alternate"; type="text/html"'
    return _answer(chosen, nodes, tag, [page])


def _read(known: Dataset) -> datetime | None:
    """When it was read elsewhere; a record there may change and name no new day."""
    found = facts.origin(known)
    return found.harvested if found else None


def _to(url: str) -> HttpResponse:
    """303: the address names the thing, the page tells of it."""
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return _varied(answer)


def _page(request: HttpRequest, total: int, modified: datetime | None, site: str) -> catalogue.Page:
    pages = max(1, -(-total // catalogue.PER_PAGE))
    given = request.GET.get("page", "1")
    number = int(given) if given.isdecimal() and len(given) < 9 else 0
    if not 1 <= number <= pages:
        raise Http404
    return catalogue.Page(
        number=number, pages=pages, total=total, modified=modified, address=site + request.path
    )


def _links(page: catalogue.Page) -> list[str]:
    """The other pages for programs that read headers (RFC 8288)."""
    steps = (("first", 1), ("prev", page.number - 1), ("next", page.number + 1),
             ("last", page.pages))  # fmt: skip
    return [f'<{page.at(n)}>; rel="{name}"' for name, n in steps if 1 <= n <= page.pages]


def _tag(*parts: object) -> str:
    said = "|".join(map(str, (WRITTEN, *parts)))
    return quote_etag(sha256(said.encode()).hexdigest()[:32])


def _unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """A 304 where the other side has this state already (RFC 9110, 13.1.2)."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if tag not in known and known != ["*"]:
        return None
    answer = HttpResponseNotModified()
    answer["ETag"] = tag
    return _varied(answer)


def _answer(chosen: Format, nodes: Iterable[Node], tag: str, links: list[str]) -> HttpResponse:
    body = chosen.document([chosen.part(nodes)])
    answer = HttpResponse(body, content_type=f"{chosen.media_type}; charset=utf-8")
    answer["ETag"] = tag
    answer["Link"] = ", ".join(links)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=60"
    return _varied(answer)


def _varied(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["Accept"])
    return answer
