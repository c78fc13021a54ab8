"""Django's handle on the kernel's alerts."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """The kernel's alerts app."""

    name = "stadtkern.kernel.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
