"""Django's handle on the kernel's audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The kernel's audit app."""

    name = "stadtkern.kernel.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
