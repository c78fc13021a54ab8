"""What is watched of devices: counters, rhythm, history by day, saved filters, bulk changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import stadtkern.kernel.clock
from stadtkern.kernel.devices.watch.frames import ALL


class Migration(migrations.Migration):
    """What is watched of devices."""

    dependencies = [
        ("devices", "0003_codecs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="DeviceDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("uplinks", models.IntegerField(default=0)),
                ("lost", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                ("heard", models.IntegerField(default=0)),
                ("rssi_sum", models.FloatField(default=0)),
                ("rssi_min", models.FloatField(null=True)),
                ("snr_sum", models.FloatField(default=0)),
                ("snr_min", models.FloatField(null=True)),
                ("sf7", models.IntegerField(default=0)),
                ("sf8", models.IntegerField(default=0)),
                ("sf9", models.IntegerField(default=0)),
                ("sf10", models.IntegerField(default=0)),
                ("sf11", models.IntegerField(default=0)),
                ("sf12", models.IntegerField(default=0)),
                ("battery", models.FloatField(null=True)),
                ("gap", models.FloatField(null=True)),
                ("clock_offset", models.FloatField(null=True)),
            ],
            options={
                "ordering": ("device", "day"),
            },
        ),
        migrations.CreateModel(
            name="FleetChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False)),
                ("field", models.CharField(max_length=20)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("undone", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("query", models.CharField(max_length=1000)),
                ("shared", models.BooleanField(default=False)),
                (
                    "created",
                    models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddField(
            model_name="device",
            name="battery_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="battery_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="clock_offset",
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="every",
            field=models.DurationField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="f_cnt",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="f_window",
            field=models.BigIntegerField(db_default=ALL, default=ALL, editable=False),
        ),
        migrations.AddField(
            model_name="device",
            name="frames",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="device",
            name="frequency",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="gaps",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(),
                db_default=[],
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="gateway",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="device",
            name="last_uplink",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="loss",
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="lost",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="device",
            name="note",
            field=models.TextField(blank=True, db_default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="device",
            name="patience",
            field=models.DurationField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="spreading_factor",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="deviceday",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="days",
                to="devices.device",
            ),
        ),
        migrations.AddField(
            model_name="fleetchange",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedfilter",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="deviceday",
            constraint=models.UniqueConstraint(
                fields=("device", "day"), name="devices_deviceday_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(
                fields=("owner", "name"), name="devices_savedfilter_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="devices_savedfilter_has_a_name",
            ),
        ),
        # The hot columns have no index, so that updates stay on their page; they need room there.
        migrations.RunSQL(
            "alter table devices_device set (fillfactor = 70);"
            "alter table devices_deviceday set (fillfactor = 80)",
            "alter table devices_device reset (fillfactor);"
            "alter table devices_deviceday reset (fillfactor)",
        ),
    ]
