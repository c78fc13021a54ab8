"""Devices on their way into the field, and where they served before."""

import django.db.models.deletion
from django.db import migrations, models

from stadtkern.kernel import clock


class Migration(migrations.Migration):
    """Devices on their way into the field, and where they served before."""

    dependencies = [("devices", "0007_decoding"), ("things", "0003_rights")]
    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author", models.CharField(max_length=200)),
                ("dev_eui", models.CharField(max_length=64)),
                ("said", models.JSONField(default=dict)),
                ("keys", models.BinaryField(null=True)),
                ("changed", models.DateTimeField(default=clock.now)),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "verbose_name": "device being made",
                "verbose_name_plural": "devices being made",
                "ordering": ("-changed",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("device", None)),
                        fields=("author", "dev_eui"),
                        name="devices_draft_once_an_author",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deployment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField()),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past",
                        to="devices.device",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_devices",
                        to="things.thing",
                    ),
                ),
            ],
            options={
                "verbose_name": "former deployment",
                "verbose_name_plural": "former deployments",
                "ordering": ("device", "until"),
            },
        ),
        migrations.CreateModel(
            name="DeviceImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField(null=True)),
                ("report", models.JSONField(default=dict)),
                ("created", models.DateTimeField(default=clock.now)),
                ("done", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "list of devices",
                "verbose_name_plural": "lists of devices",
                "ordering": ("-id",),
            },
        ),
    ]
