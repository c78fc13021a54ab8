"""Versions that a recipe made say what they were made from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_search")]

    operations = [
        migrations.AddField(
            model_name="version", name="lineage", field=models.JSONField(blank=True, default=dict)
        ),
    ]
