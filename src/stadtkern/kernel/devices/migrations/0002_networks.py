"""Ways in for messages."""

from django.db import migrations, models

import stadtkern.kernel.clock

WAYS = [("home", "the city's own broker"), ("mqtt", "by MQTT"), ("http", "by HTTP")]


class Migration(migrations.Migration):
    """Ways in for messages."""

    dependencies = [("devices", "0001_initial")]
    operations = [
        migrations.AddField(
            "network",
            "way",
            models.CharField(max_length=4, choices=WAYS, default="http", db_default="http"),
        ),
        migrations.AddField("network", "day", models.DateField(null=True, editable=False)),
        migrations.AddField(
            "network",
            "messages",
            models.PositiveIntegerField(default=0, db_default=0, editable=False),
        ),
        migrations.AddField(
            "network",
            "troubled",
            models.PositiveIntegerField(default=0, db_default=0, editable=False),
        ),
        migrations.AddConstraint(
            "network",
            models.CheckConstraint(
                condition=models.Q(way__in=["home", "mqtt", "http"]), name="devices_network_way"
            ),
        ),
        migrations.AddConstraint(
            "network",
            models.CheckConstraint(
                condition=models.Q(digest="") | models.Q(digest__regex="^[0-9a-f]{64}$"),
                name="devices_network_digest_is_sha256",
            ),
        ),
        migrations.CreateModel(
            "Arrival",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=40)),
                ("topic", models.CharField(blank=True, max_length=300)),
                ("body", models.BinaryField()),
                ("headers", models.JSONField(default=dict)),
                ("received", models.DateTimeField(default=stadtkern.kernel.clock.now)),
            ],
            options={"ordering": ("id",)},
        ),
    ]
