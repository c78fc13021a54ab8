"""Messages decoded again."""

import django.db.models.deletion
from django.db import migrations, models

from stadtkern.kernel import clock


class Migration(migrations.Migration):
    """Messages decoded again."""

    dependencies = [("devices", "0006_downlinks")]
    operations = [
        migrations.CreateModel(
            name="Redecoding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author", models.CharField(blank=True, max_length=200)),
                ("created", models.DateTimeField(default=clock.now)),
                ("finished", models.DateTimeField(null=True)),
                ("moved", models.DateTimeField(default=clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("stop", models.BooleanField(db_default=False, default=False)),
                ("devices", models.JSONField(default=list)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("version", models.PositiveIntegerField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("cursor", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("uplinks", models.PositiveIntegerField(default=0)),
                ("observations", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("gone", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("kept_until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "run of messages decoded again",
                "verbose_name_plural": "runs of messages decoded again",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "running", "undoing"))),
                        fields=["moved"],
                        name="devices_redecoding_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("start__lt", models.F("end"))),
                        name="devices_redecoding_has_a_span",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Replaced",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uplink", models.BigIntegerField()),
                ("row", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced",
                        to="devices.redecoding",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["run", "uplink"], name="devices_replaced_uplink")],
            },
        ),
        migrations.CreateModel(
            name="Reread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uplink", models.BigIntegerField()),
                ("time", models.DateTimeField()),
                ("device", models.BigIntegerField(null=True)),
                ("outcome", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("codec_version", models.PositiveIntegerField(null=True)),
                ("wrote", models.JSONField(default=list)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reread",
                        to="devices.redecoding",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["uplink"], name="devices_reread_uplink")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "uplink"), name="devices_reread_once_a_run"
                    )
                ],
            },
        ),
    ]
