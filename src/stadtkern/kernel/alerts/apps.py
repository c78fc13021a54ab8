"""Django's handle on the kernel's alerts."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """The kernel's alerts app."""

    name = "stadtkern.kernel.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stadtkern.kernel import events  # noqa: PLC0415  Django loads models first
        from stadtkern.kernel.alerts import listen  # noqa: PLC0415

        events.hear(listen.heard)
