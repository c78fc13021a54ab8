"""Django's handle on the boards."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """The app of the boards."""

    name = "stadtkern.site.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
