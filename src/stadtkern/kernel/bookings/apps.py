"""Django's handle on the bookings."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """The app of the bookings."""

    name = "stadtkern.kernel.bookings"
    label = "bookings"
    default_auto_field = "django.db.models.BigAutoField"
