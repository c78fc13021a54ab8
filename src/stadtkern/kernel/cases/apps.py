"""Django's handle on the cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app of services and cases."""

    name = "stadtkern.kernel.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stadtkern.kernel import events  # noqa: PLC0415  Django loads models first
        from stadtkern.kernel.cases.journey import listen  # noqa: PLC0415

        events.hear(listen.heard)
        listen.take_part()
