"""Django's handle on the kernel's people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The kernel's people app."""

    name = "stadtkern.kernel.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
