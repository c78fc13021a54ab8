"""How programs ask for what a page shows: the exact query, ready to copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors.files import kept
from stadtkern.kernel.catalogue.doors.links import FORMATS, Link, distributions
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.systems.open_data.preview import Condition, Wanted

# How the tabular API names our comparisons; equality has no name.
NAMES: Final[Mapping[str, str]] = {
    "has": "__contains", "eq": "", "ne": "__ne", "gte": "__gte", "lte": "__lte", "gt": "__gt",
    "lt": "__lt", "none": "__null", "any": "__null",
}  # fmt: skip
# A column that is called like a parameter of the API must say its comparison.
TAKEN: Final = ("q", "bbox", "sort", "fields", "limit", "offset", "next", "format", "version",
                "group_by", "count", "sum", "avg", "min", "max")  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """Lines of code in a language that get the rows of the page."""

    language: str
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doors:
    """All ways to the rows of a resource, and the query that gives what is shown."""

    files: Sequence[Link]
    interfaces: Sequence[Link]
    query: str = ""
    examples: Sequence[Example] = ()


def doors_of(
    resource: Resource, site: str, wanted: Wanted | None = None, version: Version | None = None
) -> Doors:
    """Files, interfaces, and examples for tables; `site` begins absolute addresses.

    With its current `version`, whose file must be loaded, files say how large they are.
    """
    links = [replace(one, size=_size(one, version)) for one in distributions(resource)]
    interfaces = [one for one in links if one.is_api]
    query = _query(interfaces, site, wanted or Wanted()) if resource.kind == "table" else ""
    return Doors(
        files=[one for one in links if not one.is_api],
        interfaces=interfaces,
        query=query,
        examples=_examples(query) if query else (),
    )


def _size(link: Link, version: Version | None) -> int | None:
    """Of the file that was given, and of those that were written before; others are never whole."""
    if version is None or link.is_api:
        return None
    if version.file and link.url.endswith("/original"):
        return version.file.size
    ending = next((one.ending for one in FORMATS if one.media_type == link.media_type), "")
    return kept.size(version, ending) if ending in kept.WRITERS else None


def live_url(dataset: Dataset) -> str:
    """The datastreams behind a dataset with live values, in SensorThings; empty without any."""
    kinds = registry.thing_kinds()
    observed = sorted({
        one.definition for name in dataset.things if name in kinds
        for one in kinds[name].observes if one.definition
    })  # fmt: skip
    if not observed:
        return ""
    said = " or ".join(f"ObservedProperty/definition eq '{one}'" for one in observed)
    return f"{address.SENSORTHINGS}/Datastreams?{urlencode({'$filter': said}, quote_via=quote)}"


def parameters(wanted: Wanted) -> list[tuple[str, str]]:
    """What the page shows, as parameters of the tabular API."""
    said = [_parameter(one) for one in wanted.conditions]
    return [*said, ("sort", wanted.sort)] if wanted.sort else said


def _query(interfaces: Sequence[Link], site: str, wanted: Wanted) -> str:
    table = next((one for one in interfaces if one.format == "JSON"), None)
    if table is None:
        return ""
    query = urlencode(parameters(wanted))
    return f"{site}{table.url}?{query}" if query else f"{site}{table.url}"


def _parameter(one: Condition) -> tuple[str, str]:
    name = NAMES[one.word]
    if one.word == "eq" and one.field.slug in TAKEN:
        name = "__eq"
    if one.word in ("none", "any"):
        return f"{one.field.slug}{name}", "true" if one.word == "none" else "false"
    return f"{one.field.slug}{name}", _plain(one.where.value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _examples(query: str) -> list[Example]:
    as_csv = f"{query}{'&' if '?' in query else '?'}format=csv"
    return [
        Example(language="curl", code=f'curl "{query}"'),
        Example(language="Python", code=f'import pandas as pd\n\nrows = pd.read_csv("{as_csv}")'),
        Example(language="R", code=f'rows <- read.csv("{as_csv}")'),
    ]
