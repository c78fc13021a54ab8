"""What the columns of a table hold: least, most, missing, most frequent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import relation

# In larger tables counting values keeps people waiting.
AT_ONCE: Final = 50_000
OFTEN: Final = 3
SHORT: Final = 60
GROUPED: Final = ("text", "boolean")
Often = tuple[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Of one column. `least` and `most` as `statistics.measure` writes them; `often` are the most
    frequent values and how many rows have each.
    """

    slug: str
    known: int = 0
    empty: int = 0
    different: int | None = None
    least: Any = None
    most: Any = None
    often: Sequence[Often] = ()


def facts_of(version: Version) -> tuple[Facts, ...]:
    """Facts by column, from what was measured when the rows were written; at most one statement."""
    measured: Mapping[str, Any] = version.statistics.get("columns", {})
    if not measured:
        return ()
    grouped = [one for one in version.columns if one.kind in GROUPED]
    often = _often(version, grouped) if grouped and version.rows <= AT_ONCE else {}
    return tuple(_facts(version, one, measured.get(one.slug, {}), often)
                 for one in version.columns)  # fmt: skip


def _facts(
    version: Version, one: Field, told: Mapping[str, Any], often: Mapping[str, Sequence[Often]]
) -> Facts:
    empty = int(told.get("empty", 0))
    return Facts(
        slug=one.slug, known=version.rows - empty, empty=empty, different=told.get("distinct"),
        least=told.get("min"), most=told.get("max"), often=often.get(one.slug, ()),
    )  # fmt: skip


def _often(version: Version, columns: Sequence[Field]) -> dict[str, list[Often]]:
    one = sql.SQL(
        "(select {name} as name, left({column}::text, {short}) as value, count(*) as n from {table}"
        " where {column} is not null group by 2 having count(*) > 1"
        " order by 3 desc, 2 limit {most})"
    )
    statement = sql.SQL(" union all ").join(
        one.format(name=sql.Literal(field.slug), column=sql.Identifier(field.slug),
                   short=sql.Literal(SHORT), table=relation(version), most=sql.Literal(OFTEN))
        for field in columns
    )  # fmt: skip
    found: dict[str, list[Often]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for name, value, number in cursor.fetchall():
            found.setdefault(name, []).append((value, number))
    return found
