"""What lists of common passwords do not know: a short one, written several times."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class RepetitionValidator:
    """Refuses `passwordpassword`: it is long, and no better than its first half."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        # Of a word that repeats itself, the doubled text holds it once more in the middle.
        if password and (password + password).find(password, 1) < len(password):
            raise ValidationError(_("This password repeats itself. Choose another one."))

    def get_help_text(self) -> str:
        """For the form."""
        return _("Your password must not repeat itself.")
