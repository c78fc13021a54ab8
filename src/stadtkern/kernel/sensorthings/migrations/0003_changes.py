"""What changes in entities is noted and announced, whoever writes it."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "changes.sql").read_text(encoding="utf-8")

UNDO = """
drop function sensorthings_changed cascade;
drop function sensorthings_columns;
drop table sensorthings_change, sensorthings_posted, sensorthings_told;
"""


class Migration(migrations.Migration):
    """Triggers, since entities come from many writers, some of them in bulk."""

    dependencies = [
        ("sensorthings", "0002_features"),
        ("things", "0002_store"),
        ("places", "0001_initial"),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
