"""An empty database after a test that commits: only what holds rows is emptied."""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

# What Django writes after every migration, and tests never change.
KEPT = ("django_content_type", "auth_permission", "django_migrations")
TABLES = """select quote_ident(relname) from pg_class where relkind in ('r', 'p')
 and not relispartition and relnamespace = 'public'::regnamespace and relname <> all(%s)"""


def instead_of_flush() -> None:
    """Django's own makes new files for every table and asks every app again, for each test."""
    TransactionTestCase._fixture_teardown = lambda case: empty()  # type: ignore[attr-defined]


def empty() -> None:
    """All rows are gone, also of tables that no model describes; sequences go on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES, [list(KEPT)])
        every = [name for (name,) in cursor.fetchall()]
        looked = (f"select '{name}' where exists (select from {name})" for name in every)  # noqa: S608
        cursor.execute(" union all ".join(looked))
        if full := [name for (name,) in cursor.fetchall()]:
            _remove(cursor, full)


def _remove(cursor: CursorWrapper, tables: list[str]) -> None:
    """In any order and without triggers, where the server is our own."""
    cursor.execute("show is_superuser")
    if cursor.fetchone() != ("on",):
        cursor.execute(f"truncate {', '.join(tables)} cascade")
        return
    cursor.execute("set local session_replication_role = replica")
    for name in tables:
        cursor.execute(f"delete from {name}")  # noqa: S608  a name from the catalogue
