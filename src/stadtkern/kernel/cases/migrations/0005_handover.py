"""What handing over needs besides: tested connections, settled handovers, kept keys."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [("cases", "0004_desk")]

    operations: ClassVar = [
        migrations.AddField("backoffice", "checked", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "backoffice", "problem", models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddField("backoffice", "invented", models.BooleanField(default=False)),
        migrations.AddField("handover", "closed", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("handoverevent", "proof", models.JSONField(blank=True, default=dict)),
        # “back_office” is longer than the others.
        migrations.AlterField(
            "document", "origin", models.CharField(default="applicant", max_length=11)
        ),
        migrations.RemoveIndex("handover", "cases_handover_due"),
        migrations.AddIndex(
            "handover",
            models.Index(
                condition=Q(state__in=["waiting", "sent", "accepted"], closed=None),
                fields=["due"], name="cases_handover_due",
            ),
        ),
        # What a back office has to hear after it has got the case.
        migrations.AddField(
            "handover", "kind",
            models.CharField(
                choices=[("case", "application"), ("withdrawal", "withdrawal"),
                         ("message", "message of the applicant")],
                default="case", max_length=10,
            ),
        ),
        migrations.AddField(
            "handover", "follows",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE,
                related_name="later", to="cases.handover",
            ),
        ),
        migrations.AddField(
            "handover", "message",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE,
                related_name="+", to="cases.message",
            ),
        ),
        migrations.RemoveConstraint("handover", "cases_one_way_at_a_time"),
        migrations.AddConstraint(
            "handover",
            models.UniqueConstraint(
                condition=Q(kind="case") & ~Q(state__in=["rejected", "dead"]), fields=("case",),
                name="cases_one_way_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            "handover",
            models.UniqueConstraint(
                condition=~Q(kind="case") & ~Q(state__in=["rejected", "dead"]),
                fields=("follows", "kind", "message"), name="cases_told_later_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "handover",
            models.CheckConstraint(
                condition=Q(follows=None, kind="case")
                | Q(follows__isnull=False, kind__in=["withdrawal", "message"]),
                name="cases_handover_kind",
            ),
        ),
    ]  # fmt: skip
