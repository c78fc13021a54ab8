"""Features: a page of those that fit, and one by its number (Part 1, 7.15 and 7.16)."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors import found, links, shapes
from stadtkern.kernel.catalogue.doors.answers import JSON, json_answer, marked, unchanged
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.doors.features import crs, drawing, forms, records
from stadtkern.kernel.catalogue.doors.features.asked import Asked, asked
from stadtkern.kernel.catalogue.doors.features.forms import check, form, frame, link, spoken, url
from stadtkern.kernel.catalogue.doors.files.lines import feature
from stadtkern.kernel.catalogue.doors.values import plain, token
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import ROW
from stadtkern.kernel.catalogue.tables.read import Page, Query, Where, read

LARGEST = 2**63 - 1


@spoken
def items(request: HttpRequest, name: str) -> HttpResponseBase:
    """A FeatureCollection, or a page with a table and a drawing."""
    version = found.collection(name)
    form(request)
    with patience():
        question = asked(version, request.GET)
        if known := unchanged(request, version):
            return known
        page = read(version, question.query, raw=True)
    told = _collection(request, version, question, page)
    if form(request) == "html":
        context = _context(request, version, page, told)
        response = render(request, "catalogue/features/items.html", context)
        return marked(request, response, version)
    return _in(question.crs, marked(request, json_answer(told, kind=forms.GEOJSON), version))


@spoken
def item(request: HttpRequest, name: str, number: str) -> HttpResponseBase:
    """One feature; its number is that of its row in this version of the table."""
    check(request, ("crs",))
    version = found.collection(name)
    system = crs.known(request.GET.get("crs", crs.CRS84), "crs")
    if not (number.isascii() and number.isdecimal() and int(number[:20]) <= LARGEST):
        raise Http404("there is no such feature")
    page = read(version, Query(where=(Where(column=ROW, value=int(number)),), limit=1), raw=True)
    if not page.rows:
        raise Http404("there is no such feature")
    if known := unchanged(request, version):
        return known
    told = _features(version, page, system)[0]
    here = url(request, "item", name, number)
    told["links"] = [
        *forms.both(request, here, forms.GEOJSON),
        link("collection", url(request, "collection", name), JSON, "The collection"),
    ]
    if form(request) == "html":
        context = {**_context(request, version, page, told), "number": number}
        _, _, cells = context["rows"][0]
        heads = [one.title or one.slug for one in context["fields"]]
        context["properties"] = list(zip(heads, cells, strict=True))
        response = render(request, "catalogue/features/item.html", context)
        return marked(request, response, version)
    return _in(system, marked(request, json_answer(told, kind=forms.GEOJSON), version))


def _in(system: str, response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Crs"] = f"<{system}>"
    return response


def _collection(
    request: HttpRequest, version: Version, question: Asked, page: Page
) -> dict[str, Any]:
    name = links.collection_id(version.resource)
    here = url(request, "items", name)
    known = urlencode([(k, v) for k, vs in request.GET.lists() if k != "f" for v in vs])
    self_links = forms.both(request, f"{here}?{known}" if known else here, forms.GEOJSON)
    told: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": _features(version, page, question.crs),
        "links": [
            *self_links,
            link("collection", url(request, "collection", name), JSON, "The collection"),
            *_next(request, here, question.query, page),
        ],
        "timeStamp": plain(clock.now().replace(microsecond=0)),
        "numberReturned": len(page.rows),
    }
    if not page.estimated:
        told["numberMatched"] = page.total
    return told


def _next(request: HttpRequest, here: str, query: Query, page: Page) -> list[dict[str, str]]:
    """Deep pages are as quick as the first: the link names the last feature, not a count."""
    if query.after is None and not page.estimated and query.offset + len(page.rows) >= page.total:
        return []
    if page.after is not None:
        changes = {"next": token(page.after)}
    elif len(query.order) > 1 and len(page.rows) == query.limit:
        changes = {"offset": str(query.offset + query.limit)}
    else:
        return []
    kept = [(k, v) for k, vs in request.GET.lists() if k not in ("next", "offset") for v in vs]
    kind = forms.HTML if form(request) == "html" else forms.GEOJSON
    return [link("next", f"{here}?{urlencode([*kept, *changes.items()])}", kind, "Next page")]


def _features(version: Version, page: Page, system: str) -> list[dict[str, Any]]:
    by_slug = {one.slug: one for one in version.columns}
    fields = [by_slug[name] for name in page.columns]
    place = next((i for i, one in enumerate(fields) if one.kind == "geometry"), None)
    shown = crs.text(system, shapes.winding(version))
    return [
        feature(fields, (number, *row), place, shown)
        for number, row in zip(page.numbers, page.rows, strict=True)
    ]


def _context(
    request: HttpRequest, version: Version, page: Page, told: dict[str, Any]
) -> dict[str, Any]:
    name = links.collection_id(version.resource)
    by_slug = {one.slug: one for one in version.columns}
    fields = [by_slug[slug] for slug in page.columns]
    place = next((i for i, one in enumerate(fields) if one.kind == "geometry"), None)
    texts = [row[place] for row in page.rows] if place is not None else []
    page_frame = frame(request)
    addresses = [
        f"{url(request, 'item', name, number)}?{page_frame['html']}" for number in page.numbers
    ]
    return {
        "told": told,
        **page_frame,
        "collection": records.collection(request, version, alone=True),
        "dataset": version.resource.dataset,
        "portal": forms.portal(request, version),
        "page": page,
        "fields": [one for one in fields if one.kind != "geometry"],
        "rows": [
            (number, where, [_shown(one, value) for one, value in zip(fields, row, strict=True)
                             if one.kind != "geometry"])
            for number, where, row in zip(page.numbers, addresses, page.rows, strict=True)
        ],
        "drawing": drawing.draw(texts),
        "json": next(one["href"] for one in told["links"] if one["rel"] == "alternate"),
        "next": next((one["href"] for one in told["links"] if one["rel"] == "next"), ""),
    }  # fmt: skip


def _shown(one: Field, value: Any) -> Any:
    return timezone.localtime(value) if one.kind == "datetime" and value else value
