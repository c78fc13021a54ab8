"""Providers' parkings, permits, checks that stay, fines, counted use."""

import uuid

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import stadtkern.kernel.clock

# A check stays as it was: only what tells of people is emptied, and what is too old is deleted, by
# whoever says so (`logic/forgetting`).
CHECKS_STAY = """
CREATE FUNCTION parking_tickets_check_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF coalesce(current_setting('parking_tickets.forgetting', true), '') <> 'on' THEN
            RAISE EXCEPTION 'A check of a plate stays.' USING ERRCODE = '23514';
        END IF;
        RETURN OLD;
    END IF;
    IF (to_jsonb(NEW) - '{plate_sealed,plate_key,lon,lat,officer_id,program_id}'::text[])
        IS DISTINCT FROM
        (to_jsonb(OLD) - '{plate_sealed,plate_key,lon,lat,officer_id,program_id}'::text[])
        OR (NEW.plate_sealed IS NOT NULL AND NEW.plate_sealed IS DISTINCT FROM OLD.plate_sealed)
        OR (NEW.plate_key IS NOT NULL AND NEW.plate_key IS DISTINCT FROM OLD.plate_key)
        OR (NEW.lon IS NOT NULL AND NEW.lon IS DISTINCT FROM OLD.lon)
        OR (NEW.lat IS NOT NULL AND NEW.lat IS DISTINCT FROM OLD.lat)
        OR (NEW.officer_id IS NOT NULL AND NEW.officer_id IS DISTINCT FROM OLD.officer_id)
        OR (NEW.program_id IS NOT NULL AND NEW.program_id IS DISTINCT FROM OLD.program_id) THEN
        RAISE EXCEPTION 'A check of a plate never changes.' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parking_tickets_check_stays BEFORE UPDATE OR DELETE ON parking_tickets_check
    FOR EACH ROW EXECUTE FUNCTION parking_tickets_check_stays();
"""
CHECKS_GO = """
DROP TRIGGER parking_tickets_check_stays ON parking_tickets_check;
DROP FUNCTION parking_tickets_check_stays();
"""
# A right whose plate was corrected can be retold with the plate that it had.
PLATES_KEPT = """
CREATE FUNCTION parking_tickets_keep_plate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO parking_tickets_formerplate (session_id, plate_sealed, plate_key)
    VALUES (OLD.id, OLD.plate_sealed, OLD.plate_key);
    RETURN NULL;
END $$;
CREATE TRIGGER parking_tickets_keep_plate AFTER UPDATE OF plate_key ON parking_tickets_session
    FOR EACH ROW WHEN (OLD.plate_key IS NOT NULL AND NEW.plate_key IS NOT NULL
        AND OLD.plate_key <> NEW.plate_key)
    EXECUTE FUNCTION parking_tickets_keep_plate();
"""
PLATES_LOST = """
DROP TRIGGER parking_tickets_keep_plate ON parking_tickets_session;
DROP FUNCTION parking_tickets_keep_plate();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parking_tickets", "0001_initial"),
        ("people", "0003_identity"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Permit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("resident", "resident"),
                            ("crafts", "crafts"),
                            ("care", "care service"),
                            ("disabled", "disabled person"),
                            ("guest", "guest"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=8,
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=80)),
                ("properties", models.BinaryField(null=True)),
                ("invented", models.BooleanField(default=False)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("changed", models.DateTimeField(default=stadtkern.kernel.clock.now)),
            ],
            options={
                "verbose_name": "parking permit",
                "verbose_name_plural": "parking permits",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField(db_index=True)),
                ("told", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("offline", models.BooleanField(default=False)),
                ("plate_sealed", models.BinaryField(null=True)),
                ("plate_key", models.BigIntegerField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("valid", "valid"),
                            ("permit", "by permit"),
                            ("disc", "parking disc"),
                            ("grace", "just ended, within grace"),
                            ("ended", "just ended"),
                            ("elsewhere", "valid in another zone"),
                            ("none", "nothing found"),
                        ],
                        max_length=9,
                    ),
                ),
                ("until", models.DateTimeField(null=True)),
                ("matched", models.JSONField(default=dict)),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.apikey",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parking_tickets.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "check of a plate",
                "verbose_name_plural": "checks of plates",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Fine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("plate_sealed", models.BinaryField()),
                ("plate_key", models.BigIntegerField(db_index=True)),
                ("at", models.DateTimeField()),
                ("where", models.CharField(blank=True, max_length=160)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("no_right", "no valid ticket"),
                            ("ended", "ticket had ended"),
                            ("elsewhere", "ticket for another zone"),
                            ("disc", "parking disc missing or over"),
                            ("other", "other reason"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "issued"),
                            ("contested", "contested"),
                            ("upheld", "upheld"),
                            ("withdrawn", "withdrawn"),
                            ("closed", "closed"),
                        ],
                        default="issued",
                        max_length=9,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("evidence", models.JSONField(default=dict)),
                ("invented", models.BooleanField(default=False)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("closed", models.DateTimeField(blank=True, null=True)),
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
                (
                    "check_made",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="parking_tickets.check",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parking_tickets.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "parking fine",
                "verbose_name_plural": "parking fines",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="FormerPlate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("plate_sealed", models.BinaryField()),
                ("plate_key", models.BigIntegerField(db_index=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parking_tickets.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "former plate",
                "verbose_name_plural": "former plates",
            },
        ),
        migrations.CreateModel(
            name="Parking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("disc", django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ("plate_sealed", models.BinaryField(null=True)),
                ("plate_key", models.BigIntegerField(null=True)),
                ("terminal", models.CharField(blank=True, max_length=40)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("key", models.CharField(blank=True, max_length=120)),
                ("deleted", models.DateTimeField(blank=True, null=True)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("changed", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parkings",
                        to="parking_tickets.operator",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parking_tickets.session",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parking_tickets.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "reported parking",
                "verbose_name_plural": "reported parkings",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="PermitArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=10, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("active", models.BooleanField(default=True)),
                ("invented", models.BooleanField(default=False)),
                (
                    "operators",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="parking_tickets.operator"
                    ),
                ),
                (
                    "place",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parking_tickets.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "area for permits",
                "verbose_name_plural": "areas for permits",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="PermitIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parking_tickets.permitarea",
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="parking_tickets.permit",
                    ),
                ),
            ],
            options={
                "verbose_name": "area of a permit",
                "verbose_name_plural": "areas of permits",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PermitSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("active", models.BooleanField(default=False)),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("changed", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "operator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parking_tickets.operator",
                    ),
                ),
            ],
            options={
                "verbose_name": "series of permits",
                "verbose_name_plural": "series of permits",
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="permit",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="permits",
                to="parking_tickets.permitseries",
            ),
        ),
        migrations.CreateModel(
            name="PermitSubject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[("plate", "number plate"), ("number", "number of the permit")],
                        default="plate",
                        max_length=6,
                    ),
                ),
                ("plate_sealed", models.BinaryField()),
                ("plate_key", models.BigIntegerField(db_index=True)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="parking_tickets.permit",
                    ),
                ),
            ],
            options={
                "verbose_name": "subject of a permit",
                "verbose_name_plural": "subjects of permits",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=stadtkern.kernel.clock.now)),
                ("deed", models.CharField(max_length=40)),
                ("status", models.PositiveSmallIntegerField()),
                ("field", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=250)),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="parking_tickets.operator",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused request",
                "verbose_name_plural": "refused requests",
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="check",
            index=models.Index(fields=["officer", "-at"], name="parking_tickets_check_officer"),
        ),
        migrations.AddIndex(
            model_name="check",
            index=models.Index(
                condition=models.Q(("plate_key__isnull", False)),
                fields=["plate_key"],
                name="parking_tickets_check_plate",
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "result__in",
                        ["valid", "permit", "disc", "grace", "ended", "elsewhere", "none"],
                    )
                ),
                name="parking_tickets_check_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="fine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["issued", "contested", "upheld", "withdrawn", "closed"])
                ),
                name="parking_tickets_fine_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="fine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["no_right", "ended", "elsewhere", "disc", "other"])
                ),
                name="parking_tickets_fine_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="fine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed__isnull", True), ("state__in", ["issued", "contested"])),
                    models.Q(
                        ("closed__isnull", False), ("state__in", ["upheld", "withdrawn", "closed"])
                    ),
                    _connector="OR",
                ),
                name="parking_tickets_fine_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="fine",
            constraint=models.UniqueConstraint(
                fields=("check_made",), name="parking_tickets_one_fine_of_a_check"
            ),
        ),
        migrations.AddIndex(
            model_name="parking",
            index=models.Index(
                condition=models.Q(("plate_key__isnull", False)),
                fields=["plate_key"],
                name="parking_tickets_disc_by_plate",
            ),
        ),
        migrations.AddConstraint(
            model_name="parking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("disc__isnull", True),
                        ("plate_key__isnull", True),
                        ("plate_sealed__isnull", True),
                        ("session__isnull", False),
                    ),
                    models.Q(("disc__isnull", False), ("session__isnull", True)),
                    _connector="OR",
                ),
                name="parking_tickets_right_or_disc",
            ),
        ),
        migrations.AddConstraint(
            model_name="parking",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("operator", "key"),
                name="parking_tickets_parking_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["resident", "crafts", "care", "disabled", "guest", "other"])
                ),
                name="parking_tickets_permit_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("series", "external_id"),
                name="parking_tickets_permit_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitsubject",
            constraint=models.CheckConstraint(
                condition=models.Q(("sort__in", ["plate", "number"])),
                name="parking_tickets_subject_sort",
            ),
        ),
        migrations.RunSQL(CHECKS_STAY, CHECKS_GO),
        migrations.RunSQL(PLATES_KEPT, PLATES_LOST),
    ]
