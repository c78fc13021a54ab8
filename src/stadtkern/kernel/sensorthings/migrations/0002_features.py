"""Features of interest follow from places; the observations of one are found by an index."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "features.sql").read_text(encoding="utf-8")

UNDO = """
drop index things_observation_feature;
drop trigger sensorthings_observes on things_latest;
drop trigger sensorthings_stands on things_thing;
drop function sensorthings_observes;
drop function sensorthings_stands;
drop function sensorthings_feature;
"""


class Migration(migrations.Migration):
    """Triggers, since things come from many writers, some of them in bulk."""

    dependencies = [
        ("sensorthings", "0001_initial"),
        ("things", "0002_store"),
        ("places", "0001_initial"),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
