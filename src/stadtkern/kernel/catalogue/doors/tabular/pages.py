"""The tabular API's answers: the list of tables, rows or figures of one, and its schema."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors import found, links
from stadtkern.kernel.catalogue.doors.answers import (
    Refused,
    json_answer,
    marked,
    streamed,
    unchanged,
)
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.doors.files import lines
from stadtkern.kernel.catalogue.doors.tabular.asked import Asked, asked
from stadtkern.kernel.catalogue.doors.values import plain, token, whole
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.aggregate import aggregate
from stadtkern.kernel.catalogue.tables.read import Page, read
from stadtkern.kernel.catalogue.vocabulary import LICENCES

PER_PAGE, MOST = 100, 1000


def tables(request: HttpRequest) -> HttpResponseBase:
    """All published tables: `?q=` in titles and names, `limit`, `offset`."""
    for name in request.GET:
        if name not in ("q", "limit", "offset"):
            raise Refused(name, "use q, limit and offset")
    site, known = address.base(request), found.tables()
    for word in request.GET.get("q", "").replace("\x00", "").split()[:8]:
        known = known.filter(
            Q(resource__title__icontains=word) | Q(resource__dataset__title__icontains=word)
            | Q(resource__dataset__slug__icontains=word) | Q(resource__slug__icontains=word)
        )  # fmt: skip
    limit = whole(request.GET.get("limit") or str(PER_PAGE), "limit", low=1, high=MOST)
    offset = whole(request.GET.get("offset") or "0", "offset", low=0, high=10**9)
    total = known.count()
    told: dict[str, Any] = {"total": total, "tables": []}
    told["tables"] = [_about(one, site) for one in known[offset : offset + limit]]
    if offset + limit < total:
        told["next"] = _address(request, site, offset=offset + limit, limit=limit)
    return json_answer(told)


def schema(request: HttpRequest, dataset: str, resource: str) -> HttpResponseBase:
    """A table's columns with what is known of their values, its licence, and its other doors."""
    version = found.table(dataset, resource, request.GET.get("version", ""))
    if known := unchanged(request, version):
        return known
    site = address.base(request)
    told = {
        **_about(version, site),
        "columns": list(_columns(version)),
        "box": version.statistics.get("box"),
        "geometries": version.statistics.get("geometry", []),
        "doors": [
            {"title": str(one.title), "url": address.absolute(site, one.url),
             "media_type": one.media_type, "format": one.format, "api": one.is_api}
            for one in links.distributions(version.resource)
        ],
    }  # fmt: skip
    return marked(request, json_answer(told), version)


def rows(request: HttpRequest, dataset: str, resource: str) -> HttpResponseBase:
    """Rows that fit, or figures of them where a function or `group_by` is given."""
    version = found.table(dataset, resource, request.GET.get("version", ""))
    question = asked(version, request.GET, request.headers.get("Accept", ""))
    if known := unchanged(request, version):
        return known
    if question.figures:
        response = _figures(request, version, question)
    elif question.format == "csv":
        response = _csv(version, question)
    else:
        response = _rows(request, version, question)
    return marked(request, response, version)


def _rows(request: HttpRequest, version: Version, question: Asked) -> HttpResponseBase:
    with patience():
        page = read(version, question.query)
    return json_answer({
        **_counted(page),
        "rows": [_row(page.columns, row) for row in page.rows],
        **_next(request, question, page),
        **_source(version, address.base(request)),
    })  # fmt: skip


def _figures(request: HttpRequest, version: Version, question: Asked) -> HttpResponseBase:
    with patience():
        page = aggregate(version, question.query, question.groups, question.figures)
    if question.format == "csv":
        return streamed(lines.csv_of(page.columns, [page.rows]), lines.CSV, _name(version))
    more = question.query.offset + len(page.rows) < page.total
    offset = question.query.offset + question.query.limit
    site = address.base(request)
    return json_answer({
        "total": page.total,
        "rows": [_row(page.columns, row) for row in page.rows],
        **({"next": _address(request, site, offset=offset)} if more else {}),
        **_source(version, site),
    })  # fmt: skip


def _csv(version: Version, question: Asked) -> HttpResponseBase:
    """All rows that fit; only a limit makes it a page."""
    query = question.query
    columns = query.columns or tuple(one.slug for one in version.columns)
    if question.all:
        pages = lines.pages(version, query)
    else:
        with patience():
            pages = iter([read(version, query, raw=True).rows])
    return streamed(lines.csv(version, columns, pages), lines.CSV, _name(version))


def _name(version: Version) -> str:
    return f"{version.resource.slug}.csv"


def _row(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: plain(value) for name, value in zip(columns, row, strict=True)}


def _counted(page: Page) -> dict[str, Any]:
    return {"total": page.total, **({"total_is_estimated": True} if page.estimated else {})}


def _next(request: HttpRequest, question: Asked, page: Page) -> dict[str, str]:
    """A page that goes on says where; by the last row where it can, else by offset."""
    site, query = address.base(request), question.query
    if page.after is not None:
        # A page that ends with the last row of all needs no other.
        done = query.after is None and query.offset + len(page.rows) >= page.total
        if done and not page.estimated:
            return {}
        return {"next": _address(request, site, next=token(page.after), offset=None)}
    if len(query.order) > 1 and len(page.rows) == query.limit:
        return {"next": _address(request, site, offset=query.offset + query.limit)}
    return {}


def _address(request: HttpRequest, site: str, **changes: Any) -> str:
    given = [(k, v) for k, values in request.GET.lists() for v in values if k not in changes]
    given += [(key, value) for key, value in changes.items() if value is not None]
    return f"{site}{request.path}?{urlencode(given)}"


def _source(version: Version, site: str) -> dict[str, Any]:
    dataset = version.resource.dataset
    names = [dataset.slug, version.resource.slug]
    return {
        "source": {
            "dataset": address.dataset_iri(site, dataset.slug),
            "publisher": dataset.publisher.name,
            "licence": _licence(version),
            "credit": dataset.credit,
            "version": version.number,
            "as_of": plain(version.created),
            "invented": dataset.invented,
            "schema": site + reverse(f"{links.NAMESPACE}:schema", args=names),
        }
    }


def _licence(version: Version) -> str:
    key = version.resource.licence or version.resource.dataset.licence
    return LICENCES[key].iri if key in LICENCES else key


def _about(version: Version, site: str) -> dict[str, Any]:
    resource = version.resource
    names = [resource.dataset.slug, resource.slug]
    return {
        "id": "/".join(names),
        "title": resource.title,
        "dataset": resource.dataset.title,
        "rows": version.rows,
        "spatial": resource.spatial,
        "url": site + reverse(f"{links.NAMESPACE}:table", args=names),
        **_source(version, site),
    }


def _columns(version: Version) -> Iterator[dict[str, Any]]:
    known = version.statistics.get("columns", {})
    for one in version.columns:
        said = {
            "name": one.slug, "kind": one.kind, "title": one.title or one.slug,
            "title_en": one.title_en, "unit": one.unit, "about": one.about,
        }  # fmt: skip
        facts = {k: v for k, v in known.get(one.slug, {}).items() if k != "longest"}
        yield {key: value for key, value in said.items() if value} | facts
