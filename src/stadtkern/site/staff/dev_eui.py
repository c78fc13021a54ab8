"""Reading a DevEUI as people and labels write it."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SEPARATORS = re.compile(r"[\s:.\-]+")
LENGTH = 16


def readable(text: str) -> str:
    """Without separators, in lower case: as the database keeps it."""
    return SEPARATORS.sub("", text.strip().lower()).removeprefix("0x")


class DevEuiField(forms.CharField):
    """Sixteen hexadecimal digits, with or without separators."""

    def __init__(self) -> None:
        super().__init__(
            label=_("DevEUI"),
            max_length=40,
            help_text=_(
                "16 characters, 0-9 and a-f; on the device's label or in your network server."
            ),
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        )

    def clean(self, value: str | None) -> str:
        text = readable(super().clean(value))
        if wrong := sorted(set(text) - set("0123456789abcdef")):
            raise ValidationError(
                _("A DevEUI has only digits 0-9 and letters a-f; this one has “%(wrong)s”."),
                params={"wrong": " ".join(wrong)},
            )
        if len(text) != LENGTH:
            raise ValidationError(
                _("A DevEUI has 16 characters; this one has %(count)d."),
                params={"count": len(text)},
            )
        return text
