"""Rules, alerts, incidents, maintenance, and messages about them."""

import datetime
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import stadtkern.kernel.clock

SQL = (Path(__file__).parents[1] / "sql" / "checks.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Rules, alerts, incidents, maintenance, and messages about them."""

    initial = True

    dependencies = [
        ("devices", "0008_onboarding"),
        ("people", "0001_initial"),
        ("places", "0001_initial"),
        ("things", "0004_quality"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("at", models.DateTimeField(primary_key=True, serialize=False)),
                ("newest", models.BigIntegerField()),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("url", models.URLField(max_length=500)),
                ("secret", models.BinaryField()),
                ("on", models.BooleanField(db_default=True, default=True)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ("title", "id"),
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("all", "everything"),
                            ("network", "network"),
                            ("gateway", "gateway"),
                            ("place", "place"),
                        ],
                        max_length=8,
                    ),
                ),
                ("which", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                ("opened", models.DateTimeField()),
                ("closed", models.DateTimeField(blank=True, null=True)),
                ("acknowledged", models.DateTimeField(blank=True, null=True)),
                ("told", models.DateTimeField(blank=True, null=True)),
                ("told_over", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "incident",
                "verbose_name_plural": "incidents",
                "ordering": ("-opened", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "notice"),
                            ("warning", "warning"),
                            ("critical", "critical"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "not yet long enough"),
                            ("firing", "open"),
                            ("resolved", "over"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("fired", models.DateTimeField(blank=True, null=True)),
                ("raised", models.DateTimeField(blank=True, null=True)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("resolved", models.DateTimeField(blank=True, null=True)),
                ("why", models.CharField(blank=True, max_length=12)),
                ("until_clear", models.BooleanField(db_default=False, default=False)),
                ("found", models.JSONField(default=dict)),
                ("acknowledged", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("escalated", models.DateTimeField(blank=True, null=True)),
                ("told", models.DateTimeField(blank=True, null=True)),
                ("told_over", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assigned",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "datastream",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="things.datastream",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="devices.device",
                    ),
                ),
                (
                    "gateway",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="devices.gateway",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="alerts.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ("-raised", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Maintenance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("weekly", models.BooleanField(default=False)),
                ("weekly_until", models.DateField(blank=True, null=True)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("author", models.CharField(blank=True, max_length=200)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.network",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "maintenance",
                "verbose_name_plural": "maintenance",
                "ordering": ("-starts", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("verb", models.CharField(max_length=20)),
                ("text", models.CharField(blank=True, max_length=1000)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="alerts.alert",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        blank=True, editable=False, max_length=40, null=True, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("on", models.BooleanField(db_default=True, default=True)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "notice"),
                            ("warning", "warning"),
                            ("critical", "critical"),
                        ],
                        default="warning",
                        max_length=8,
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("device", "devices"),
                            ("gateway", "gateways"),
                            ("datastream", "measured values"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("condition", models.JSONField(default=dict)),
                ("advice", models.TextField(blank=True)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("thing_kind", models.CharField(blank=True, max_length=80)),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.EmailField(max_length=254),
                        blank=True,
                        default=list,
                        size=50,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        choices=[
                            ("none", "at once"),
                            ("hourly", "once an hour"),
                            ("daily", "once a day, at 7 in the morning"),
                        ],
                        default="none",
                        max_length=6,
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                ("per_hour", models.PositiveSmallIntegerField(db_default=20, default=20)),
                ("tell_resolved", models.BooleanField(db_default=True, default=True)),
                ("escalate_after", models.DurationField(blank=True, null=True)),
                (
                    "escalate_addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.EmailField(max_length=254),
                        blank=True,
                        default=list,
                        size=50,
                    ),
                ),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("seen", models.DateTimeField(blank=True, editable=False, null=True)),
                ("done", models.BigIntegerField(editable=False, null=True)),
                ("problem", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "datastream",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="things.datastream",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
                (
                    "escalate_roles",
                    models.ManyToManyField(blank=True, related_name="+", to="people.role"),
                ),
                (
                    "network",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.network",
                    ),
                ),
                (
                    "observed_property",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="things.observedproperty",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.profile",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="things.project",
                    ),
                ),
                ("roles", models.ManyToManyField(blank=True, related_name="+", to="people.role")),
                (
                    "webhooks",
                    models.ManyToManyField(blank=True, related_name="rules", to="alerts.webhook"),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ("title", "id"),
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="alerts.rule"
            ),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("raised", "raised"),
                            ("escalated", "nobody took it on"),
                            ("resolved", "over"),
                            ("flood", "many more"),
                        ],
                        max_length=9,
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(default="de", max_length=5)),
                ("gather", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("failed", "given up")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("due", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("sent", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "alert",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="alerts.alert",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="alerts.incident",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="alerts.rule",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="alerts.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("-id",),
            },
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed", None)),
                fields=("cause", "which"),
                name="alerts_incident_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenance",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts__lt", models.F("ends"))),
                name="alerts_maintenance_starts_first",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["rule", "-since"], name="alerts_alert_rule"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["-raised", "-id"], name="alerts_alert_raised"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["pending", "firing"]), ("until_clear", True), _connector="OR"
                ),
                fields=["rule"],
                name="alerts_alert_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("datastream", None), ("device__isnull", False), ("gateway", None)),
                    models.Q(("datastream", None), ("device", None), ("gateway__isnull", False)),
                    models.Q(("datastream__isnull", False), ("device", None), ("gateway", None)),
                    _connector="OR",
                ),
                name="alerts_alert_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended", None),
                        ("fired", None),
                        ("raised", None),
                        ("resolved", None),
                        ("state", "pending"),
                    ),
                    models.Q(
                        ("fired__isnull", False),
                        ("raised__isnull", False),
                        ("resolved", None),
                        ("state", "firing"),
                    ),
                    models.Q(
                        ("fired__isnull", False),
                        ("raised__isnull", False),
                        ("resolved__isnull", False),
                        ("state", "resolved"),
                    ),
                    _connector="OR",
                ),
                name="alerts_alert_times_fit_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["pending", "firing"])),
                fields=("rule", "device", "gateway", "datastream"),
                name="alerts_alert_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("about", "datastream"),
                        ("device", None),
                        ("label", ""),
                        ("network", None),
                        ("profile", None),
                        models.Q(
                            ("datastream", None),
                            ("observed_property", None),
                            ("project", None),
                            ("thing_kind", ""),
                            _negated=True,
                        ),
                    ),
                    models.Q(
                        ("about", "device"),
                        ("datastream", None),
                        ("observed_property", None),
                        ("project", None),
                        ("thing_kind", ""),
                    ),
                    models.Q(
                        ("about", "gateway"),
                        ("datastream", None),
                        ("device", None),
                        ("label", ""),
                        ("network", None),
                        ("observed_property", None),
                        ("profile", None),
                        ("project", None),
                        ("thing_kind", ""),
                    ),
                    _connector="OR",
                ),
                name="alerts_rule_selects_what_it_is_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_to", None)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_to__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_to")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="alerts_rule_quiet_hours_have_two_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("escalate_after", None),
                    ("escalate_after__gte", datetime.timedelta(seconds=60)),
                    _connector="OR",
                ),
                name="alerts_rule_escalates_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="alerts_rule_has_a_title"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due"], name="alerts_delivery_due"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["rule", "-created"], name="alerts_delivery_rule"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("webhook", None), models.Q(("address", ""), _negated=True)),
                    models.Q(("address", ""), ("webhook__isnull", False)),
                    _connector="OR",
                ),
                name="alerts_delivery_goes_to_one",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
