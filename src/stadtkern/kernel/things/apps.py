"""Django's handle on the kernel's things."""

from django.apps import AppConfig


class ThingsConfig(AppConfig):
    """The kernel's things app."""

    name = "stadtkern.kernel.things"
    label = "things"
    default_auto_field = "django.db.models.BigAutoField"
