"""Codecs, their versions and examples."""

from django.db import migrations


class Migration(migrations.Migration):
    """Codecs, their versions and examples."""

    dependencies = [("devices", "0002_networks")]
    operations = []
