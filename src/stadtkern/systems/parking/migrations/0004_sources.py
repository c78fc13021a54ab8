"""Sources of other operators, and the car parks that each of them offers."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("parking", "0003_forecast"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("parkapi-v1", "ParkAPI v1 (JSON)"),
                            ("parkapi-v3", "ParkAPI v3 (JSON)"),
                            ("datex2-v2", "DATEX II v2 (XML)"),
                            ("datex2-v3", "DATEX II v3 (XML)"),
                            ("siri-fm", "SIRI-FM (XML)"),
                        ],
                        max_length=12,
                    ),
                ),
                ("address", models.CharField(max_length=500)),
                ("static_address", models.CharField(blank=True, max_length=500)),
                (
                    "static_format",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("parkapi-v1", "ParkAPI v1 (JSON)"),
                            ("parkapi-v3", "ParkAPI v3 (JSON)"),
                            ("datex2-v2", "DATEX II v2 (XML)"),
                            ("datex2-v3", "DATEX II v3 (XML)"),
                            ("siri-fm", "SIRI-FM (XML)"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.BinaryField(blank=True, null=True)),
                (
                    "key_header",
                    models.CharField(blank=True, default="Authorization", max_length=60),
                ),
                ("every_minutes", models.PositiveSmallIntegerField(default=5)),
                ("licence", models.CharField(max_length=120)),
                ("credit", models.CharField(max_length=300)),
                ("invented", models.BooleanField(default=False)),
                ("paused", models.BooleanField(default=False)),
                ("removed", models.DateTimeField(blank=True, null=True)),
                ("made_by", models.CharField(blank=True, max_length=200)),
                ("made", models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False)),
                ("tried", models.DateTimeField(blank=True, null=True)),
                ("read", models.DateTimeField(blank=True, null=True)),
                ("failed_since", models.DateTimeField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(blank=True, default=list)),
                ("etag", models.CharField(blank=True, max_length=500)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "verbose_name": "source of car parks",
                "verbose_name_plural": "sources of car parks",
                "ordering": ("name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "format__in",
                                ["parkapi-v1", "parkapi-v3", "datex2-v2", "datex2-v3", "siri-fm"],
                            )
                        ),
                        name="parking_source_format",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("every_minutes__gte", 1), ("every_minutes__lte", 1440)),
                        name="parking_source_rhythm",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=256)),
                ("name", models.CharField(max_length=200)),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("taken", "shown as a car park"),
                            ("asked", "waits for a decision"),
                            ("left", "not taken"),
                        ],
                        max_length=5,
                    ),
                ),
                ("distance_m", models.PositiveIntegerField(blank=True, null=True)),
                ("told_free", models.IntegerField(blank=True, null=True)),
                ("told_capacity", models.IntegerField(blank=True, null=True)),
                ("measured", models.DateTimeField(blank=True, null=True)),
                ("notice", models.CharField(blank=True, max_length=200)),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("seen", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided", models.DateTimeField(blank=True, null=True)),
                (
                    "like",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="parking.site",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="parking.site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="parking.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "car park of a source",
                "verbose_name_plural": "car parks of a source",
                "ordering": ("source", "name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "uid"), name="parking_offer_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "taken")),
                        fields=("site",),
                        name="parking_offer_fills_one_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["taken", "asked", "left"])),
                        name="parking_offer_state",
                    ),
                ],
            },
        ),
    ]
