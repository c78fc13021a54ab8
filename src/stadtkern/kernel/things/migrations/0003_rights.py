"""Who sees which datastreams and places, and what holds programs to their projects."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "rights.sql").read_text(encoding="utf-8")

UNDO = """
drop function things_made_gone, things_guard_shared, things_guard_stream, things_guard_also,
  things_guard_part, things_guard_thing, things_into, things_check_thing, things_check,
  things_may_write, things_writes, things_feature_named, things_hidden_places, things_hidden
  cascade;
drop table things_made;
drop index things_datastream_private;
"""


class Migration(migrations.Migration):
    """Triggers, so that no way of writing goes around them; functions, so that all ask alike."""

    dependencies = [("things", "0002_store"), ("places", "0001_initial")]

    operations = [migrations.RunSQL(SQL, UNDO)]
