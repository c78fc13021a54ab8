"""What handing over needs besides: tested connections, settled handovers, kept keys."""

from typing import ClassVar

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
    ]  # fmt: skip
