"""Names in SQL: the schema of published tables, and what belongs to us in each of them."""

from typing import Final

from psycopg import sql

from stadtkern.kernel.catalogue.models import Version

SCHEMA: Final = "open"
# Our own columns begin with an underscore, which no published column does.
ROW, BOX, WORDS = "_row", "_box", "_words"


def relation(version: Version) -> sql.Identifier:
    """`open.t<id>` of this version."""
    return sql.Identifier(SCHEMA, version.relation)
