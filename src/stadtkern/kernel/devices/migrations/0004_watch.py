"""What is watched of devices."""

from django.db import migrations


class Migration(migrations.Migration):
    """What is watched of devices."""

    dependencies = [("devices", "0003_codecs")]
    operations = []
