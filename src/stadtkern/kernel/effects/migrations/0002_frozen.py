"""An analysis that is done does not change: the database says so."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "frozen.sql").read_text(encoding="utf-8")
BACK = "drop trigger effects_frozen on effects_analysis; drop function effects_frozen()"


class Migration(migrations.Migration):
    dependencies = [("effects", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
