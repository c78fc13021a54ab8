"""Codecs, their versions and examples."""

from django.db import migrations, models

from stadtkern.kernel import clock


class Migration(migrations.Migration):
    """Codecs, their versions and examples."""

    dependencies = [("devices", "0002_networks")]
    operations = [
        migrations.AddField(
            model_name="profile",
            name="confirmed",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="profile",
            name="checked",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="profile",
            name="examples_good",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="profile",
            name="examples_bad",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="profile",
            name="results",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="profile",
            name="paused",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="profile",
            name="paused_version",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="RepositoryImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("author", models.CharField(max_length=200)),
                ("archive", models.BinaryField(null=True)),
                ("at", models.DateTimeField(default=clock.now, editable=False)),
                ("heard", models.DateTimeField(editable=False, null=True)),
                ("finished", models.DateTimeField(editable=False, null=True)),
                ("done", models.PositiveIntegerField(default=0, editable=False)),
                ("total", models.PositiveIntegerField(default=0, editable=False)),
                ("report", models.JSONField(default=dict, editable=False)),
                ("problem", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "verbose_name": "repository import",
                "verbose_name_plural": "repository imports",
                "ordering": ("-id",),
            },
        ),
    ]
