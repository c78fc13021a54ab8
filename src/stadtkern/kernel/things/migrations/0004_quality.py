"""Checks of observations, what people mark by hand, and the function that gives flags."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock

SQL = (Path(__file__).parent.parent / "sql" / "quality.sql").read_text(encoding="utf-8")
UNDO = "drop index things_observation_doubted; drop function things_flag; drop table things_judged;"
KINDS = [
    ("range", "Range"),
    ("spike", "Spike"),
    ("flat", "Flat line"),
    ("late", "Out of order"),
    ("repeat", "Duplicate"),
    ("neighbours", "Neighbours"),
    ("humidity", "Humidity"),
]
FLAGS = [(0, "good"), (1, "estimated"), (2, "suspect"), (3, "invalid")]


class Migration(migrations.Migration):
    """Checks of observations, and what they found."""

    dependencies = [("things", "0003_rights")]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("settings", models.JSONField(default=dict)),
                ("on", models.BooleanField(default=True)),
                (
                    "datastream",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="things.datastream",
                    ),
                ),
                (
                    "observed_property",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="things.observedproperty",
                    ),
                ),
            ],
            options={
                "verbose_name": "check",
                "verbose_name_plural": "checks",
                "ordering": ("observed_property__name", "kind", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("datastream__isnull", False), ("observed_property", None)
                        )
                        | models.Q(("datastream", None), ("observed_property__isnull", False)),
                        name="things_check_is_about_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("datastream", None)),
                        fields=("kind", "observed_property"),
                        name="things_check_once_a_property",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("observed_property", None)),
                        fields=("kind", "datastream"),
                        name="things_check_once_a_datastream",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("flag", models.PositiveSmallIntegerField(choices=FLAGS)),
                ("reason", models.CharField(max_length=200)),
                ("author", models.CharField(blank=True, max_length=200)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                (
                    "datastream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="things.datastream",
                    ),
                ),
            ],
            options={
                "verbose_name": "mark",
                "verbose_name_plural": "marks",
                "ordering": ("-created",),
                "indexes": [
                    models.Index(fields=["datastream", "start"], name="things_mark_datastream")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))), name="things_mark_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("flag__lte", 3)), name="things_mark_flag"
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
