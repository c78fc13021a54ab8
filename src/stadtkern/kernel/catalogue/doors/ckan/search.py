"""`package_search`: words, filters, facets, order and page over published datasets."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.db.models import F, QuerySet

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.doors.ckan import asked, packages, solr
from stadtkern.kernel.catalogue.doors.ckan.problems import bad_query
from stadtkern.kernel.catalogue.find.condition import FROM, words
from stadtkern.kernel.catalogue.find.vocabulary import vocabulary as known_words
from stadtkern.kernel.catalogue.licences import LICENCE_LIST
from stadtkern.kernel.catalogue.models import Dataset

USUAL, MOST = 10, 1000
ORDERS: Final = {
    "metadata_modified": "modified", "metadata_created": "issued", "name": "slug", "id": "slug",
    "title": "title", "title_string": "title", "views_recent": "entry__used",
}  # fmt: skip
FACETS: Final = {
    "organization": "publisher__slug", "groups": "themes", "tags": "keywords",
    "license_id": "licence", "res_format": "entry__formats",
}  # fmt: skip


def search(told: asked.Given, site: str) -> dict[str, Any]:
    """CKAN's `package_search`; drafts are never part of it."""
    found, ranks = _found(told)
    facets = _facets(told, found)
    order = asked.text(told, "sort") or "score desc, metadata_modified desc"
    start, rows = asked.number(told, "start", 0, 10**6), asked.number(told, "rows", USUAL, MOST)
    numbers = _ordered(found, order, ranks)
    shown = numbers[start : start + rows]
    by_number = packages.datasets().in_bulk(shown)
    return {
        "count": len(numbers),
        "sort": order,
        "results": [packages.package(by_number[one], site) for one in shown if one in by_number],
        "facets": {name: dict(counts) for name, counts in facets.items()},
        "search_facets": {name: _told(name, counts) for name, counts in facets.items()},
    }


def _found(told: asked.Given) -> "tuple[QuerySet[Dataset], dict[int, float]]":
    """What fits, and how well where there are words."""
    found = Dataset.objects.published()
    free: list[str] = []
    for text in (asked.text(told, "q", "*:*"), *_filters(told)):
        for part in solr.parts(text):
            if part.field in ("", "text"):
                if part.no:
                    raise bad_query("words cannot be excluded; exclude values of fields")
                free.extend(part.values)
            else:
                found = found.filter(solr.condition(part))
    ranks = _ranks(" ".join(free)) if free else {}
    return (found.filter(pk__in=list(ranks)) if free else found), ranks


def _filters(told: asked.Given) -> Iterator[str]:
    value = told.get("fq", "")
    yield from value if isinstance(value, list) else [asked.text(told, "fq")]
    listed = told.get("fq_list")
    if isinstance(listed, list):
        yield from map(str, listed)


def _ranks(text: str) -> dict[int, float]:
    """The same search that people have, with its synonyms."""
    said = words(text.replace("*", " "), known_words())
    statement = (
        f"select d.id, {said.rank} from {FROM}"  # noqa: S608  made of our own parts
        f" where d.state = 'published' and {said.condition}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*said.rank_values, *said.values])
        return dict(cursor.fetchall())


def _ordered(found: "QuerySet[Dataset]", order: str, ranks: dict[int, float]) -> list[int]:
    columns: list[Any] = []
    by_rank = False
    for part in order.split(","):
        name, _, direction = part.strip().partition(" ")
        down = direction.strip().lower() == "desc"
        if name in ("score", "relevance"):
            by_rank = by_rank or not columns
        elif name in ORDERS:
            columns.append(F(ORDERS[name]).desc() if down else F(ORDERS[name]).asc())
        else:
            raise bad_query(f"cannot sort by {name[:60]}")
    numbers = list(found.order_by(*columns, "slug").values_list("pk", flat=True))
    # Sorting keeps the order of what fits equally well.
    return sorted(numbers, key=lambda one: -ranks.get(one, 0)) if by_rank and ranks else numbers


def _facets(told: asked.Given, found: "QuerySet[Dataset]") -> dict[str, list[tuple[str, int]]]:
    limit = asked.number(told, "facet.limit", 50, 1000) or 1000
    facets = {}
    for name in asked.listed(told, "facet.field"):
        counts = Counter(_each(name, found)) if name in FACETS else Counter[str]()
        facets[name] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    return facets


def _each(name: str, found: "QuerySet[Dataset]") -> Iterator[str]:
    for value in found.order_by().values_list(FACETS[name], flat=True):
        for one in value if isinstance(value, list) else [value]:
            if one:
                yield _value(name, one)


def _value(name: str, one: str) -> str:
    if name == "groups":
        return one.lower()
    return f"{LICENCE_LIST}/{one}" if name == "license_id" else one


def _told(name: str, counts: list[tuple[str, int]]) -> dict[str, Any]:
    items = [{"name": one, "display_name": _shown(name, one), "count": n} for one, n in counts]
    return {"title": name, "items": items}


def _shown(name: str, one: str) -> str:
    if name == "groups":
        return str(vocabulary.THEMES.get(one.upper(), one))
    if name == "license_id":
        licence = vocabulary.LICENCES.get(one.removeprefix(f"{LICENCE_LIST}/"))
        return licence.title if licence else one
    return one
