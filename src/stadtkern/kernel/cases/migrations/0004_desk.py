"""What the desk keeps besides, and what the database itself holds of decisions."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import stadtkern.kernel.clock

# Four eyes where the form asks for them (a back office, which has no account here, has its own);
# and what was given out is given out.
GUARD = """
create function cases_decision_is_final() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.provided is not null and (
        new.outcome <> old.outcome or new.provided is distinct from old.provided
        or new.case_id <> old.case_id
    ) then
        raise exception 'a decision that was given out does not change'
            using errcode = 'check_violation';
    end if;
    if new.provided is not null and (tg_op = 'INSERT' or old.provided is null)
        and new.by_id is not null and new.second_id is null
        and exists (
            select 1 from cases_case c join cases_formversion v on v.id = c.version_id
            where c.id = new.case_id and v.definition ->> 'four_eyes' = 'true'
        )
    then
        raise exception 'this decision needs a second person' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger cases_decision_is_final before insert or update on cases_decision
    for each row execute function cases_decision_is_final();
"""
BACK = """
drop trigger cases_decision_is_final on cases_decision;
drop function cases_decision_is_final();
"""


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [
        ("cases", "0003_journey"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=120)),
                ("row", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("before_sealed", models.BinaryField()),
                ("after_sealed", models.BinaryField()),
                ("reason_sealed", models.BinaryField()),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("in_time", models.BooleanField(null=True)),
                ("settled", models.DateTimeField(blank=True, null=True)),
                ("result_sealed", models.BinaryField(null=True)),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appeals",
                        to="cases.case",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appeal",
                        to="cases.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ("received", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled__isnull", True),
                            ("result_sealed__isnull", False),
                            _connector="OR",
                        ),
                        name="cases_settled_appeal_has_a_result",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
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
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_from",
                        to="cases.case",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of cases",
                "verbose_name_plural": "links of cases",
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="cases_linked_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))),
                        name="cases_link_has_an_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskText",
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
                            ("request", "request"),
                            ("message", "message"),
                            ("granted", "granted"),
                            ("partly", "partly granted"),
                            ("rejected", "rejected"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("language", models.CharField(default="de", max_length=5)),
                ("text", models.TextField()),
                ("changed", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_texts",
                        to="people.department",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of an office",
                "verbose_name_plural": "texts of offices",
                "ordering": ("department", "kind", "title", "language"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "kind", "title", "language"),
                        name="cases_desk_text_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="cases_desk_text_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["request", "message", "granted", "partly", "rejected"])
                        ),
                        name="cases_desk_text_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("verdict", models.CharField(max_length=8)),
                ("reason_sealed", models.BinaryField(null=True)),
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
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="cases.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "second look",
                "verbose_name_plural": "second looks",
                "ordering": ("at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "approved"),
                            models.Q(("reason_sealed__isnull", False), ("verdict", "returned")),
                            _connector="OR",
                        ),
                        name="cases_return_has_a_reason",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, BACK),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_keys",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "search key",
                "verbose_name_plural": "search keys",
                "indexes": [models.Index(fields=["digest"], name="cases_found_by")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "digest"), name="cases_search_key_once"
                    ),
                ],
            },
        ),
    ]
