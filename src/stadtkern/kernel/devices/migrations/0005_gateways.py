"""Gateways and what they hear."""

from django.db import migrations


class Migration(migrations.Migration):
    """Gateways and what they hear."""

    dependencies = [("devices", "0004_watch")]
    operations = []
