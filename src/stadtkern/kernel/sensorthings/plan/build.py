"""What grows while one statement is planned: its parameters and its aliases."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from psycopg import sql

from stadtkern.kernel.sensorthings.access import rows
from stadtkern.kernel.sensorthings.entities import Entity, Link
from stadtkern.kernel.sensorthings.viewer import Viewer

Sql = sql.Composable


class Build:
    """Collects the values of one statement: they reach SQL as typed placeholders only."""

    def __init__(self, base: str, viewer: Viewer) -> None:
        self.values: dict[str, Any] = {}
        self.viewer = viewer
        self.address = base
        self.base = self.value(base, "text")
        # Whether entities show their links, and lists in them their next page; and the aliases of
        # rows that are known to be observations of plain datastreams.
        self.links = self.pages = True
        self.plain: set[str] = set()
        self._aliases = 0

    def value(self, value: Any, kind: str) -> Sql:
        """A placeholder for this value, cast to an SQL type."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return sql.SQL(f"%({name})s::{kind}")

    def source(self, entity: Entity, alias: str, over: Link | None = None) -> Sql:
        """The rows of an entity set that the viewer may see, under this alias.

        `over` is the link by which they hang on a row that the viewer sees.
        """
        condition = "" if self.viewer.everything else rows.seen(entity, over)
        if not condition:
            return sql.SQL(f"{entity.source} {alias}")
        shown = f"(select v.* from {entity.source} v where {condition}) {alias}"  # noqa: S608  constants of ours
        return sql.SQL(shown).format(seen=self._seen)

    def hidden(self) -> Sql:
        """Asks whether there may be anything that the viewer does not see."""
        if self.viewer.everything:
            return sql.SQL("select false")
        return sql.SQL(f"select {rows.HIDDEN}").format(seen=self._seen)

    @cached_property
    def _seen(self) -> Sql:
        return self.value(sorted(self.viewer.projects), "bigint[]")

    def alias(self) -> str:
        """A new alias."""
        self._aliases += 1
        return f"a{self._aliases}"


def at(template: str, alias: str) -> sql.SQL:
    """A template of the entity table for the row with this alias."""
    return sql.SQL(template.replace("{a}", alias))


def joined(link: Link, near: Sequence[Sql], far: str) -> Sql:
    """The condition under which row `far` hangs on the near values of a link."""
    return sql.SQL(link.condition.replace("{far}", far)).format(*near)


def all_of(conditions: Sequence[Sql]) -> Sql:
    """The conditions joined by `and`; true where there are none."""
    return sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")
