"""How far rules may say that they have seen all observations, though ids come before commits."""

from datetime import timedelta

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models import Mark

KEPT = timedelta(days=2)
# Whoever took an id before the mark was written, and has not committed, is older than the mark.
# A transaction that only reads (a backup) may last: it has no id of its own after ten minutes.
SAFE = """
select coalesce(max(m.newest), 0) from alerts_mark m where m.at < (
  select coalesce(min(a.xact_start), 'infinity') from pg_stat_activity a
  where a.datname = current_database() and a.pid <> pg_backend_pid()
    and (a.backend_xid is not null or a.xact_start > clock_timestamp() - interval '10 minutes')
)
"""


def mark() -> None:
    """Note the newest id there is now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into alerts_mark (newest, at) select last_value, clock_timestamp()"
            " from things_observation_id_seq on conflict do nothing"
        )
    Mark.objects.filter(at__lt=clock.now() - KEPT).delete()


def safe() -> int:
    """Every observation with an id up to this one is committed or never will be."""
    with connection.cursor() as cursor:
        cursor.execute(SAFE)
        return int(cursor.fetchone()[0])
