"""Messages decoded again."""

from django.db import migrations


class Migration(migrations.Migration):
    """Messages decoded again."""

    dependencies = [("devices", "0006_downlinks")]
    operations = []
