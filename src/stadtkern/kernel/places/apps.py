"""Django's handle on the kernel's places."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """The kernel's places app."""

    name = "stadtkern.kernel.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
