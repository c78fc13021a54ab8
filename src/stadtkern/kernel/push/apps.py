"""Django's handle on push messages."""

from django.apps import AppConfig


class PushConfig(AppConfig):
    """The app of push messages."""

    name = "stadtkern.kernel.push"
    label = "push"
    default_auto_field = "django.db.models.BigAutoField"
