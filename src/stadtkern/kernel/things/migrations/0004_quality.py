"""Checks of observations, and what they found."""

from django.db import migrations


class Migration(migrations.Migration):
    """Checks of observations, and what they found."""

    dependencies = [("things", "0003_rights")]
    operations = []
