"""Django's handle on the payments."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The app of the payments."""

    name = "stadtkern.kernel.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
