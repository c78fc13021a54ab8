"""Facets: what a search can be narrowed by, with counts in one grouped statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stadtkern.kernel.catalogue.find.asked import FACETS, Asked

# The values of a dataset as an array of text.
VALUES: Final[Mapping[str, str]] = {
    "theme": "d.themes::text[]",
    "has": """array_remove(array[
        case when e.spatial then 'map' end,
        case when cardinality(d.things) > 0 then 'live' end,
        case when cardinality(e.columns) > 0 then 'table' end], null)""",
    "format": "e.formats::text[]",
    "rhythm": "array[d.rhythm::text]",
    "licence": "array[d.licence::text]",
    "publisher": "array[p.slug::text]",
    "hvd": "case when d.hvd = '' then '{}'::text[] else array[d.hvd::text] end",
    "origin": "array[d.origin::text]",
}
TOTAL: Final = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many datasets have this value of a facet, the other facets' choices kept."""

    facet: str
    value: str
    count: int


def passes(asked: Asked) -> tuple[str, list[Any]]:
    """The condition of all choices: any value of each facet."""
    parts = [f"{VALUES[key]} && %s::text[]" for key in asked.chosen]
    return " and ".join(parts) or "true", [list(values) for values in asked.chosen.values()]


def statement(asked: Asked, source: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Counts of all facets, and of all that is found (facet `TOTAL`), over `from .. where ..`."""
    chosen = [key for key in FACETS if key in asked.chosen]
    columns = [f"{VALUES[key]} as f_{key}" for key in FACETS]
    columns += [f"({VALUES[key]} && %s::text[]) as p_{key}" for key in chosen]
    counted = [
        f"select '{key}', v, count(*) from base, unnest(f_{key}) v "  # noqa: S608  our own names
        f"where {_all(one for one in chosen if one != key)} group by v"
        for key in FACETS
    ]
    counted.append(f"select '{TOTAL}', '', count(*) from base where {_all(chosen)}")  # noqa: S608
    text = f"with base as materialized (select {', '.join(columns)} from {source}) "  # noqa: S608
    return text + " union all ".join(counted), [
        *(list(asked.chosen[key]) for key in chosen),
        *values,
    ]


def _all(keys: Any) -> str:
    return " and ".join(f"p_{key}" for key in keys) or "true"
