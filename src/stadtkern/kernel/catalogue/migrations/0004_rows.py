"""What programs ask of rows: statistics of each version, and which doors a resource has."""

from django.db import migrations, models

# Files are read piece by piece, which is quick only where they are not packed again.
FORWARD = "alter table catalogue_storedfile alter column content set storage external"
BACK = "alter table catalogue_storedfile alter column content set storage extended"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_publishing")]
    operations = [
        migrations.AddField("version", "statistics", models.JSONField(default=dict, blank=True)),
        migrations.AddField("resource", "spatial", models.BooleanField(default=False)),
        migrations.AddField(
            "resource", "original", models.CharField(max_length=120, blank=True, default="")
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
