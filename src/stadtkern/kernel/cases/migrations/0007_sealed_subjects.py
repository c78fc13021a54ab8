"""What a permit is for is sealed, and found by its digest."""

from typing import Any, ClassVar

from django.db import migrations, models

from stadtkern.kernel import sealing
from stadtkern.kernel.cases.digest import digest, plain

FORGOTTEN = "–"


def seal(apps: Any, _editor: Any) -> None:
    """Rows that were given before; those whose holder is forgotten stay empty."""
    for row in apps.get_model("cases", "Permit").objects.exclude(subject=FORGOTTEN).iterator():
        row.subject_sealed = sealing.seal(row.subject)
        row.subject_key = digest(plain(row.subject))
        row.save(update_fields=["subject_sealed", "subject_key"])


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [("cases", "0006_catalogue")]

    operations: ClassVar = [
        migrations.AddField("permit", "subject_sealed", models.BinaryField(null=True)),
        migrations.AddField(
            "permit",
            "subject_key",
            models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveConstraint("permit", "cases_permit_is_for_something"),
        migrations.RemoveIndex("permit", "cases_permit_by_subject"),
        migrations.RemoveField("permit", "subject"),
        migrations.AddIndex(
            "permit",
            models.Index(fields=["kind", "subject_key"], name="cases_permit_by_subject"),
        ),
        migrations.AddConstraint(
            "permit",
            models.CheckConstraint(
                condition=models.Q(subject_key="", subject_sealed__isnull=True)
                | models.Q(models.Q(subject_sealed__isnull=False), ~models.Q(subject_key="")),
                name="cases_permit_is_for_something",
            ),
        ),
    ]
