"""Published versions of forms never change; test cases of forms."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from stadtkern.kernel import clock

# A version goes from draft to published to retired. What it asks is as it was when somebody
# began to fill it in; only the draft may be thrown away.
FIXED = """
CREATE FUNCTION cases_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'A published version of a form stays.' USING ERRCODE = '23514';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' THEN
        IF NEW.definition IS DISTINCT FROM OLD.definition
            OR NEW.schema_uri IS DISTINCT FROM OLD.schema_uri
            OR NEW.schema_source IS DISTINCT FROM OLD.schema_source
            OR NEW.form_id <> OLD.form_id OR NEW.number <> OLD.number
            OR NEW.published IS DISTINCT FROM OLD.published THEN
            RAISE EXCEPTION 'A published version of a form never changes.' USING ERRCODE = '23514';
        END IF;
        IF NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired') THEN
            RAISE EXCEPTION 'A version of a form does not go back.' USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_version_is_fixed BEFORE UPDATE OR DELETE ON cases_formversion
    FOR EACH ROW EXECUTE FUNCTION cases_version_is_fixed();
"""
LOOSE = """
DROP TRIGGER cases_version_is_fixed ON cases_formversion;
DROP FUNCTION cases_version_is_fixed();
"""


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [("cases", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(FIXED, LOOSE),
        migrations.CreateModel(
            name="FormTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("expected", models.JSONField(blank=True, default=dict)),
                ("created", models.DateTimeField(default=clock.now, editable=False)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tests",
                        to="cases.form",
                    ),
                ),
            ],
            options={
                "verbose_name": "test case of a form",
                "verbose_name_plural": "test cases of forms",
                "ordering": ("form", "name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=["form", "name"], name="cases_form_test_name_once"
                    ),
                    models.CheckConstraint(
                        condition=~Q(name=""), name="cases_form_test_has_a_name"
                    ),
                ],
            },
        ),
    ]
