"""Gateways and what they hear."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def of_gateway(name: str) -> "models.ForeignKey[Any, Any]":
    """A gateway's own rows; a longer index begins with it."""
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to="devices.gateway",
    )


def key() -> "models.BigAutoField[Any, Any]":
    """The primary key that Django gives."""
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    """Gateways and what they hear."""

    dependencies = [("devices", "0004_watch")]
    operations = [
        migrations.AddField(
            "gateway", "lon", models.FloatField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "gateway", "lat", models.FloatField(blank=True, editable=False, null=True)
        ),
        migrations.CreateModel(
            name="GatewayHour",
            fields=[
                ("id", key()),
                ("hour", models.DateTimeField()),
                ("heard", models.PositiveIntegerField()),
                ("best", models.PositiveIntegerField()),
                ("alone", models.PositiveIntegerField()),
                ("airtime", models.BigIntegerField()),
                ("sf7", models.PositiveIntegerField()),
                ("sf8", models.PositiveIntegerField()),
                ("sf9", models.PositiveIntegerField()),
                ("sf10", models.PositiveIntegerField()),
                ("sf11", models.PositiveIntegerField()),
                ("sf12", models.PositiveIntegerField()),
                ("gateway", of_gateway("hours")),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="devices_gatewayhour_hour")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "hour"), name="devices_gatewayhour_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", key()),
                ("day", models.DateField()),
                ("cell", models.BigIntegerField()),
                ("moving", models.BooleanField()),
                ("heard", models.PositiveIntegerField()),
                ("best", models.PositiveIntegerField()),
                ("alone", models.PositiveIntegerField()),
                ("airtime", models.BigIntegerField()),
                ("levels", models.PositiveIntegerField()),
                ("rssi_best", models.FloatField(null=True)),
                ("rssi_sum", models.FloatField()),
                ("snr_best", models.FloatField(null=True)),
                ("snr_sum", models.FloatField()),
                ("worst_sf", models.PositiveSmallIntegerField(null=True)),
                ("last", models.DateTimeField()),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="heard_by",
                        to="devices.device",
                    ),
                ),
                ("gateway", of_gateway("hears")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["gateway", "day"], name="devices_heard_gateway"),
                    models.Index(fields=["day"], name="devices_heard_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("device", "day", "gateway", "cell"), name="devices_heard_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("alone__lte", models.F("best")), ("best__lte", models.F("heard"))
                        ),
                        name="devices_heard_adds_up",
                    ),
                ],
            },
        ),
    ]
