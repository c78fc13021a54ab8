"""Identity providers, identities, sign-ins, second factors and mandates."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import stadtkern.kernel.clock
import stadtkern.kernel.people.models.identity


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("people", "0002_departments"),
    ]

    operations = [
        migrations.CreateModel(
            name="CodeApp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("confirmed", models.DateTimeField(blank=True, null=True)),
                ("step", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "code app",
                "verbose_name_plural": "code apps",
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("subject", models.CharField(max_length=64)),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("proved_by", models.CharField(blank=True, max_length=60)),
                ("verified", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "identity",
                "verbose_name_plural": "identities",
            },
        ),
        migrations.CreateModel(
            name="IdentityProvider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("oidc", "OpenID Connect"), ("saml", "SAML 2.0")], max_length=4
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("about", models.CharField(blank=True, max_length=200)),
                ("about_en", models.CharField(blank=True, max_length=200)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("citizens", "citizens"),
                            ("companies", "companies"),
                            ("staff", "staff"),
                        ],
                        max_length=9,
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("active", models.BooleanField(default=True)),
                ("weight", models.SmallIntegerField(default=50)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("attribute_map", models.JSONField(blank=True, default=dict)),
                ("secret", models.BinaryField(blank=True, null=True)),
                ("checked", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("invented", models.BooleanField(default=False)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "identity provider",
                "verbose_name_plural": "identity providers",
                "ordering": ("weight", "slug"),
            },
        ),
        migrations.CreateModel(
            name="MailLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("purpose", models.CharField(max_length=8)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("until", models.DateTimeField(db_index=True)),
                ("used", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "link in a mail",
                "verbose_name_plural": "links in mails",
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("guardian", "guardian"),
                            ("company", "for a company"),
                            ("helper", "helper"),
                            ("proxy", "authorised representative"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "waiting"),
                            ("active", "in force"),
                            ("ended", "ended"),
                        ],
                        default="active",
                        max_length=7,
                    ),
                ),
                ("proved_by", models.CharField(blank=True, max_length=60)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("since", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("ended", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
                "ordering": ("-since", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("subject", models.CharField(blank=True, max_length=64)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=1400, unique=True)),
                ("public_key", models.BinaryField()),
                ("uses", models.PositiveBigIntegerField(default=0)),
                ("name", models.CharField(max_length=80)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("used", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "passkey",
                "verbose_name_plural": "passkeys",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("used", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "recovery code",
                "verbose_name_plural": "recovery codes",
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session", models.CharField(blank=True, editable=False, max_length=40)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("password", "password"),
                            ("totp", "password and code"),
                            ("recovery", "password and recovery code"),
                            ("passkey", "passkey"),
                            ("provider", "identity provider"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=8,
                    ),
                ),
                ("provider", models.CharField(blank=True, max_length=120)),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("device", models.CharField(blank=True, max_length=80)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("begun", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("seen", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("ended", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "ordering": ("-begun", "-id"),
            },
        ),
        migrations.CreateModel(
            name="SpentAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "spent answer",
                "verbose_name_plural": "spent answers",
            },
        ),
        migrations.CreateModel(
            name="Trip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        default=stadtkern.kernel.people.models.identity.new_state,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("purpose", models.CharField(default="sign_in", max_length=7)),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("back", models.CharField(blank=True, max_length=1000)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
                ("until", models.DateTimeField()),
                ("answered", models.DateTimeField(blank=True, null=True)),
                ("used", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "trip to an identity provider",
                "verbose_name_plural": "trips to identity providers",
            },
        ),
        migrations.AddField(
            model_name="account",
            name="closed",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="email_confirmed",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="role",
            name="second_factor",
            field=models.BooleanField(default=False, verbose_name="needs a second factor"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(
                    ("email_confirmed__isnull", False), models.Q(("email", ""), _negated=True)
                ),
                name="people_confirmed_email_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed", None),
                    models.Q(
                        ("email", ""), ("first_name", ""), ("is_active", False), ("last_name", "")
                    ),
                    _connector="OR",
                ),
                name="people_closed_is_empty",
            ),
        ),
        migrations.AddField(
            model_name="codeapp",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="code_app",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="identities",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["oidc", "saml"])), name="people_provider_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["citizens", "companies", "staff"])),
                name="people_provider_audience",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [1, 3, 4])), name="people_provider_level_is_known"
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identities",
                to="people.identityprovider",
            ),
        ),
        migrations.AddField(
            model_name="maillink",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mandates",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="whom",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="represented_by",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.identityprovider",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="people.organisation",
            ),
        ),
        migrations.AddField(
            model_name="passkey",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="passkeys",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recoverycode",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recovery_codes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="signin",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sign_ins",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="spentanswer",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.identityprovider",
            ),
        ),
        migrations.AddField(
            model_name="trip",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="trip",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.identityprovider",
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                fields=("provider", "subject"), name="people_identity_subject_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                fields=("account", "provider"), name="people_identity_provider_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [1, 3, 4])), name="people_identity_level_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="maillink",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["register", "email", "reset"])),
                name="people_mail_link_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="people_organisation_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject", ""), _negated=True),
                fields=("provider", "subject"),
                name="people_organisation_subject_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["guardian", "company", "helper", "proxy"])),
                name="people_mandate_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["invited", "active", "ended"])),
                name="people_mandate_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "ended"),
                    ("kind", "guardian"),
                    models.Q(("kind", "company"), ("organisation__isnull", False)),
                    models.Q(("kind__in", ["helper", "proxy"]), ("state", "invited")),
                    models.Q(("kind__in", ["helper", "proxy"]), ("whom__isnull", False)),
                    _connector="OR",
                ),
                name="people_mandate_is_for_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("whom", models.F("account")), _negated=True),
                name="people_mandate_not_for_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True),
                fields=("code",),
                name="people_mandate_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "company"), ("state", "active")),
                fields=("account", "organisation"),
                name="people_mandate_company_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="passkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="people_passkey_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(
                fields=("account", "digest"), name="people_recovery_code_once"
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["account", "-begun"], name="people_sign_ins_of"),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["session"], name="people_sign_in_session"),
        ),
        migrations.AddConstraint(
            model_name="spentanswer",
            constraint=models.UniqueConstraint(
                fields=("provider", "number"), name="people_answer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(fields=["until"], name="people_trip_until"),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["sign_in", "step_up", "company", "logout"])),
                name="people_trip_purpose",
            ),
        ),
        # What a sign-in service calls a session, so that it can end it.
        migrations.AddField(
            "signin",
            "there",
            models.CharField(blank=True, default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            "signin",
            "there_index",
            models.CharField(blank=True, default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "signin",
            models.Index(
                condition=models.Q(ended=None) & ~models.Q(there=""),
                fields=["there"],
                name="people_sign_in_there",
            ),
        ),
    ]
