"""Django's handle on the SensorThings API."""

from django.apps import AppConfig


class SensorThingsConfig(AppConfig):
    """The kernel's SensorThings app."""

    name = "stadtkern.kernel.sensorthings"
    label = "sensorthings"
    default_auto_field = "django.db.models.BigAutoField"
