"""Connects events to the queue once Django has loaded."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The kernel's jobs app."""

    name = "stadtkern.kernel.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stadtkern.kernel import events  # noqa: PLC0415  Django loads models first
        from stadtkern.kernel.jobs import delivery  # noqa: PLC0415

        events.carry_with(delivery.carry)
