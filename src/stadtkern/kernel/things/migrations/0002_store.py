"""The observation store: partitioned table, latest, rollups and the functions that write them."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "store.sql").read_text(encoding="utf-8")

UNDO = """
drop trigger things_datastream_gone on things_datastream;
drop function things_datastream_gone, things_delete, things_announce, things_keep, things_write,
  things_days, things_respan, things_rebuild, things_partition;
drop table things_day, things_hour, things_observation;
drop sequence things_observation_id_seq;
"""


class Migration(migrations.Migration):
    """Plain SQL: partitions, fill factors and set-based writes are beyond the ORM."""

    dependencies = [("things", "0001_initial")]

    operations = [migrations.RunSQL(SQL, UNDO)]
