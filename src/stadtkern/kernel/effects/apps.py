"""Django's handle on the effects."""

from django.apps import AppConfig


class EffectsConfig(AppConfig):
    """The app of the effects."""

    name = "stadtkern.kernel.effects"
    label = "effects"
    default_auto_field = "django.db.models.BigAutoField"
