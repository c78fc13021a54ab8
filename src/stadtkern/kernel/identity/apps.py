"""Django's handle on the identity pages."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out


class IdentityConfig(AppConfig):
    """The app of signing in and of one's own account; its rows are those of `people`."""

    name = "stadtkern.kernel.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every sign-in is on record, by whichever way it came."""
        from stadtkern.kernel.identity import sessions  # noqa: PLC0415  models load first

        user_logged_in.connect(sessions.begun, dispatch_uid="identity.begun")
        user_logged_out.connect(sessions.left, dispatch_uid="identity.left")
