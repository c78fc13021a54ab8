"""Other catalogues in ours, and what the checks say of each record."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("problems", models.JSONField(default=list)),
                ("points", models.PositiveSmallIntegerField(default=0)),
                ("govdata", models.PositiveSmallIntegerField(default=0)),
                (
                    "dataset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgement",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "judgement of a record",
                "verbose_name_plural": "judgements of records",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dcat", "DCAT catalogue (Turtle, RDF/XML, JSON-LD)"),
                            ("ckan", "CKAN portal"),
                        ],
                        default="dcat",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("url", models.URLField(max_length=1000, unique=True, verbose_name="address")),
                (
                    "rhythm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "by hand only"),
                            ("hourly", "hourly"),
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                        ],
                        max_length=10,
                        verbose_name="rhythm",
                    ),
                ),
                ("licence", models.CharField(blank=True, max_length=60, verbose_name="licence")),
                ("names", models.JSONField(blank=True, default=dict)),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("due", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("etag", models.CharField(blank=True, max_length=500)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
                (
                    "publisher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.publisher",
                        verbose_name="publisher",
                    ),
                ),
            ],
            options={
                "verbose_name": "catalogue to harvest",
                "verbose_name_plural": "catalogues to harvest",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rehearsal", models.BooleanField(default=False)),
                ("sweep", models.BooleanField(default=False)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("started", models.DateTimeField(blank=True, null=True)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.TextField(blank=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="catalogue.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "harvest",
                "verbose_name_plural": "harvests",
                "ordering": ("-created", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Harvested",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("iri", models.CharField(max_length=1000)),
                ("identifier", models.CharField(blank=True, db_index=True, max_length=1000)),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=1000),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("original", models.TextField(blank=True)),
                ("original_type", models.CharField(default="text/turtle", max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("harvested", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("seen", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("gone", models.DateTimeField(blank=True, null=True)),
                (
                    "dataset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="harvested",
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="harvested",
                        to="catalogue.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "origin of a dataset",
                "verbose_name_plural": "origins of datasets",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outcome", models.CharField(max_length=8)),
                ("iri", models.CharField(blank=True, max_length=2000)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("reason", models.TextField(blank=True)),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="catalogue.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a harvest",
                "verbose_name_plural": "lines of harvests",
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ("new", "changed", "gone", "refused"))),
                        name="catalogue_line_outcome_is_known",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("dcat", "ckan"))),
                name="catalogue_source_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("rhythm__in", ("", "hourly", "daily", "weekly"))),
                name="catalogue_source_rhythm_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "running", "done", "failed"))),
                name="catalogue_run_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("source",),
                name="catalogue_run_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="harvested",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["addresses"], name="catalogue_harvested_addresses"
            ),
        ),
        migrations.AddConstraint(
            model_name="harvested",
            constraint=models.UniqueConstraint(
                fields=("source", "iri"), name="catalogue_harvested_once_a_source"
            ),
        ),
    ]
