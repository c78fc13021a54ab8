"""Django's handle on the kernel's devices."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """The kernel's devices app."""

    name = "stadtkern.kernel.devices"
    label = "devices"
    default_auto_field = "django.db.models.BigAutoField"
