"""Charge points that speak OCPP: their messages, tokens, sessions, commands, reservations."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("charging", "0001_initial"),
        ("things", "0004_quality"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChargePoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(max_length=48, unique=True)),
                (
                    "admission",
                    models.CharField(
                        choices=[
                            ("waiting", "waits to be released"),
                            ("accepted", "released"),
                            ("refused", "refused"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("password", models.CharField(blank=True, max_length=200)),
                ("security_profile", models.PositiveSmallIntegerField(default=1)),
                ("version", models.CharField(blank=True, max_length=8)),
                ("vendor", models.CharField(blank=True, max_length=50)),
                ("model", models.CharField(blank=True, max_length=50)),
                ("serial", models.CharField(blank=True, max_length=50)),
                ("firmware", models.CharField(blank=True, max_length=50)),
                ("firmware_status", models.CharField(blank=True, max_length=40)),
                ("diagnostics_status", models.CharField(blank=True, max_length=40)),
                ("whole", models.CharField(blank=True, max_length=20)),
                ("whole_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("booted", models.DateTimeField(blank=True, null=True)),
                ("boot_reason", models.CharField(blank=True, max_length=20)),
                ("heard", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_s", models.PositiveIntegerField(default=300)),
                ("line", models.UUIDField(blank=True, null=True)),
                ("connected", models.DateTimeField(blank=True, null=True)),
                ("hung_up", models.DateTimeField(blank=True, null=True)),
                ("process", models.CharField(blank=True, max_length=80)),
                ("invented", models.BooleanField(default=False)),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="charging.location",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
            ],
            options={
                "verbose_name": "charge point",
                "verbose_name_plural": "charge points",
                "ordering": ("identity",),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("ours", models.BooleanField(default=False)),
                ("action", models.CharField(blank=True, max_length=40)),
                ("asked", models.JSONField(blank=True, null=True)),
                ("answered", models.JSONField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=40)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("milliseconds", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="charging.chargepoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "OCPP message",
                "verbose_name_plural": "OCPP messages",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Outlet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("own", models.CharField(blank=True, max_length=20)),
                ("own_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=120)),
                ("plugs", models.JSONField(blank=True, default=dict)),
                ("register_wh", models.FloatField(blank=True, null=True)),
                ("power_w", models.FloatField(blank=True, null=True)),
                ("metered", models.DateTimeField(blank=True, null=True)),
                ("limit_a", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("held_a", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("drew", models.DateTimeField(blank=True, null=True)),
                (
                    "evse",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="charging.evse",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outlets",
                        to="charging.chargepoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "outlet of a charge point",
                "verbose_name_plural": "outlets of charge points",
                "ordering": ("point", "number"),
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("sealed", models.BinaryField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RFID", "card"),
                            ("APP_USER", "app"),
                            ("AD_HOC_USER", "without a contract"),
                            ("OTHER", "other"),
                        ],
                        default="RFID",
                        max_length=12,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=80)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("blocked", models.BooleanField(default=False)),
                ("at_once", models.PositiveSmallIntegerField(default=1)),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("used", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "token",
                "verbose_name_plural": "tokens",
                "ordering": ("label", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["RFID", "APP_USER", "AD_HOC_USER", "OTHER"])
                        ),
                        name="charging_token_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("at_once__gte", 1)), name="charging_token_at_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked for"),
                            ("held", "reserved"),
                            ("refused", "refused"),
                            ("used", "used"),
                            ("cancelled", "cancelled"),
                            ("expired", "over"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("until", models.DateTimeField()),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                (
                    "outlet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="charging.outlet",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="charging.token",
                    ),
                ),
            ],
            options={
                "verbose_name": "reservation of a charging point",
                "verbose_name_plural": "reservations of charging points",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token_kind",
                    models.CharField(
                        choices=[
                            ("RFID", "card"),
                            ("APP_USER", "app"),
                            ("AD_HOC_USER", "without a contract"),
                            ("OTHER", "other"),
                        ],
                        default="OTHER",
                        max_length=12,
                    ),
                ),
                ("authorised", models.BooleanField(default=True)),
                ("remote", models.CharField(blank=True, max_length=36)),
                ("start_key", models.CharField(blank=True, max_length=64, null=True)),
                ("seq", models.IntegerField(default=-1)),
                ("offline", models.BooleanField(default=False)),
                ("started", models.DateTimeField()),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("heard", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("meter_start_wh", models.BigIntegerField(default=0)),
                ("meter_last_wh", models.BigIntegerField(default=0)),
                ("meter_last_at", models.DateTimeField(blank=True, null=True)),
                ("meter_stop_wh", models.BigIntegerField(blank=True, null=True)),
                ("power_w", models.FloatField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "charging"), ("ended", "ended")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=24)),
                ("repaired", models.BooleanField(default=False)),
                (
                    "repair",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not repaired"),
                            ("superseded", "another car was plugged in"),
                            ("rebooted", "the point had restarted"),
                            ("idle", "the point was free again"),
                            ("silent", "the point fell silent"),
                            ("no_start", "only its end was told"),
                            ("late_start", "its beginning was told late"),
                            ("meter", "its meter could not be right"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("repair_note", models.TextField(blank=True)),
                ("terms", models.JSONField(blank=True, default=dict)),
                ("price", models.JSONField(blank=True, default=list)),
                ("net_cents", models.IntegerField(blank=True, null=True)),
                ("gross_cents", models.IntegerField(blank=True, null=True)),
                ("changed", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("billed", models.DateTimeField(blank=True, null=True)),
                ("invented", models.BooleanField(default=False)),
                (
                    "connector",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="charging.connector",
                    ),
                ),
                (
                    "evse",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="charging.evse",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="charging.chargepoint",
                    ),
                ),
                (
                    "tariff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="charging.tariff",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="charging.token",
                    ),
                ),
            ],
            options={
                "verbose_name": "charging session",
                "verbose_name_plural": "charging sessions",
                "ordering": ("-started", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="IssuedBill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                ("nth", models.PositiveSmallIntegerField()),
                ("made", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("started", models.DateTimeField()),
                ("ended", models.DateTimeField()),
                ("wh", models.BigIntegerField()),
                ("net_cents", models.IntegerField()),
                ("gross_cents", models.IntegerField()),
                ("lines", models.JSONField()),
                ("periods", models.JSONField()),
                ("remark", models.CharField(blank=True, max_length=255)),
                (
                    "credits",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credited",
                        to="charging.issuedbill",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="charging.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "issued bill",
                "verbose_name_plural": "issued bills",
                "ordering": ("made", "pk"),
                "indexes": [models.Index(fields=["made", "id"], name="charging_bill_made")],
                "constraints": [
                    models.UniqueConstraint(fields=("transaction", "nth"), name="charging_bill_nth")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("wh", models.FloatField(blank=True, null=True)),
                ("w", models.FloatField(blank=True, null=True)),
                ("a", models.FloatField(blank=True, null=True)),
                ("soc", models.FloatField(blank=True, null=True)),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="charging.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "meter value",
                "verbose_name_plural": "meter values",
                "ordering": ("at",),
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("RemoteStartTransaction", "Start charging"),
                            ("RemoteStopTransaction", "Stop charging"),
                            ("ReserveNow", "Reserve"),
                            ("CancelReservation", "Cancel the reservation"),
                            ("Reset", "Restart"),
                            ("UnlockConnector", "Unlock the plug"),
                            ("ChangeAvailability", "In service or not"),
                            ("SetChargingProfile", "Set a limit"),
                            ("ClearChargingProfile", "Take the limit away"),
                            ("ChangeConfiguration", "Change a setting"),
                            ("GetConfiguration", "Read settings"),
                            ("TriggerMessage", "Ask for a message"),
                            ("UpdateFirmware", "Update the firmware"),
                            ("GetDiagnostics", "Fetch diagnostics"),
                        ],
                        max_length=24,
                    ),
                ),
                ("wanted", models.JSONField(blank=True, default=dict)),
                ("secret", models.BinaryField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waits"),
                            ("sent", "sent"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                            ("timeout", "no answer"),
                            ("expired", "not connected in time"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("by", models.CharField(max_length=80)),
                ("created", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("expires", models.DateTimeField()),
                ("sent", models.DateTimeField(blank=True, null=True)),
                ("answered", models.DateTimeField(blank=True, null=True)),
                ("said", models.JSONField(blank=True, default=dict)),
                ("problem", models.CharField(blank=True, max_length=200)),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="charging.chargepoint",
                    ),
                ),
                (
                    "outlet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="charging.outlet",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="charging.token",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="charging.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "command to a charge point",
                "verbose_name_plural": "commands to charge points",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddConstraint(
            model_name="chargepoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("identity__regex", "^[A-Za-z0-9*_=:+|@.-]{1,48}$")),
                name="charging_point_identity",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargepoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("admission__in", ["waiting", "accepted", "refused"])),
                name="charging_point_admission",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["point", "-id"], name="charging_message_point"),
        ),
        migrations.AddConstraint(
            model_name="outlet",
            constraint=models.UniqueConstraint(
                fields=("point", "number"), name="charging_outlet_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="outlet",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="charging_outlet_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "held"])),
                fields=("outlet",),
                name="charging_reserved_once",
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["-started", "-id"], name="charging_tx_started"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["-changed"], name="charging_tx_changed"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["point", "state"], name="charging_tx_point"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(
                    ("state", "ended"),
                    models.Q(
                        ("billed", None), ("billed__lt", models.F("changed")), _connector="OR"
                    ),
                ),
                fields=["changed"],
                name="charging_tx_to_bill",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")),
                fields=("evse",),
                name="charging_one_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("remote", ""), _negated=True),
                fields=("point", "remote"),
                name="charging_tx_remote",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(
                fields=("point", "start_key"), name="charging_tx_start_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended", None), ("meter_stop_wh", None), ("state", "active")),
                    models.Q(
                        ("ended__isnull", False),
                        ("meter_stop_wh__isnull", False),
                        ("state", "ended"),
                    ),
                    _connector="OR",
                ),
                name="charging_tx_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended", None), ("ended__gte", models.F("started")), _connector="OR"
                ),
                name="charging_tx_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("meter_stop_wh", None),
                    ("meter_stop_wh__gte", models.F("meter_start_wh")),
                    _connector="OR",
                ),
                name="charging_tx_energy",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                fields=("transaction", "at"), name="charging_reading_once"
            ),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "sent"])),
                fields=["point", "id"],
                name="charging_command_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="command",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "sent", "accepted", "rejected", "timeout", "expired"])
                ),
                name="charging_command_state",
            ),
        ),
    ]
