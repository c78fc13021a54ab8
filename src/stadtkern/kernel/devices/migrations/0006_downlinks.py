"""Messages to devices."""

from django.db import migrations


class Migration(migrations.Migration):
    """Messages to devices."""

    dependencies = [("devices", "0005_gateways")]
    operations = []
