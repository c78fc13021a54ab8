"""How files become datasets: uploads, versions that are only prepared, why a table is not fresh."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from stadtkern.kernel import clock


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_tables")]
    operations = [
        migrations.AddField(
            model_name="resource", name="problem", field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="version", name="staged", field=models.BooleanField(default=False)
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=~Q(current=True, staged=True), name="catalogue_version_staged_or_current"
            ),
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("sheets", models.JSONField(default=list)),
                ("done_rows", models.BigIntegerField(default=0)),
                ("all_rows", models.BigIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("created", models.DateTimeField(default=clock.now)),
                ("file", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="catalogue.storedfile")),
                ("dataset", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="uploads",
                    to="catalogue.dataset")),
                ("resource", models.ForeignKey(
                    blank=True, null=True, on_delete=django.db.models.deletion.CASCADE,
                    related_name="uploads", to="catalogue.resource")),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "ordering": ("-created", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            state__in=("waiting", "reading", "ready", "failed", "taken")
                        ),
                        name="catalogue_upload_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(done_rows__gte=0, all_rows__gte=0),
                        name="catalogue_upload_counts_rows",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="failed") ^ Q(problem=""),
                        name="catalogue_upload_failed_for_a_reason",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
