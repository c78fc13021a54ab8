"""Django's handle on the catalogue."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The kernel's catalogue app."""

    name = "stadtkern.kernel.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
