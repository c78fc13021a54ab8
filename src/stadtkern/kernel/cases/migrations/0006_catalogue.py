"""What the catalogue keeps besides: what was imported, when it was checked, what people said."""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [("cases", "0005_handover")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="service",
            name="imported",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="service",
            name="gone",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="service",
            name="checked",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="service",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["situations"], name="cases_service_situations"
            ),
        ),
        migrations.CreateModel(
            name="Helpful",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("yes", "helpful"),
                            ("unclear", "hard to understand"),
                            ("missing", "something is missing"),
                            ("wrong", "something is wrong"),
                        ],
                        max_length=8,
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="helpful",
                        to="cases.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "answers on a service's page",
                "verbose_name_plural": "answers on services' pages",
                "ordering": ("service", "-month", "answer"),
            },
        ),
        migrations.AddConstraint(
            model_name="helpful",
            constraint=models.UniqueConstraint(
                fields=("service", "month", "answer"), name="cases_helpful_once_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="helpful",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["yes", "unclear", "missing", "wrong"])),
                name="cases_helpful_answer",
            ),
        ),
    ]
