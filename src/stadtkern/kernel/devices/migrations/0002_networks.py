"""Ways in for messages."""

from django.db import migrations


class Migration(migrations.Migration):
    """Ways in for messages."""

    dependencies = [("devices", "0001_initial")]
    operations = []
