"""The statement that writes observations posted by many programs at once."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "posts.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Keys, datastreams, features and the store in one round trip."""

    dependencies = [
        ("sensorthings", "0003_changes"),
        ("things", "0002_store"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            SQL,
            "drop function sensorthings_post, sensorthings_may_post, sensorthings_writers;",
        ),
    ]
