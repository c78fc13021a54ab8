"""Devices on their way into service."""

from django.db import migrations


class Migration(migrations.Migration):
    """Devices on their way into service."""

    dependencies = [("devices", "0007_decoding")]
    operations = []
