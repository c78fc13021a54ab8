"""Django's handle on the post."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """The app of the post."""

    name = "stadtkern.kernel.post"
    label = "post"
    default_auto_field = "django.db.models.BigAutoField"
