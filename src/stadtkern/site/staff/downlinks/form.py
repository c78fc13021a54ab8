"""What is asked of somebody who writes a downlink."""

from datetime import timedelta
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stadtkern.kernel import clock
from stadtkern.site.staff.dev_eui import readable

LIFETIMES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
PRIORITIES = ((0, _("normal")), (1, _("high: before the others")), (-1, _("low: after the others")))
LONGEST_DATA = 10_000


class DownlinkForm(forms.Form):
    """`how` is there only where the codec can encode."""

    how = forms.ChoiceField(
        label=_("Write as"),
        choices=[("data", _("data for the codec")), ("bytes", _("bytes"))],
        widget=forms.RadioSelect,
    )
    content = forms.CharField(
        label=_("Data (JSON)"),
        required=False,
        max_length=LONGEST_DATA,
        widget=forms.Textarea({"rows": 5, "class": "code", "spellcheck": "false"}),
    )
    payload = forms.CharField(
        label=_("Bytes (hexadecimal)"),
        required=False,
        max_length=1000,
        help_text=_("Such as 01 0F; from the manual of the device."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    f_port = forms.IntegerField(label=_("Port"), required=False, min_value=1, max_value=223)
    confirmed = forms.BooleanField(
        label=_("The device is to acknowledge it"),
        required=False,
        help_text=_("Costs battery and air time: only where it matters."),
    )
    priority = forms.TypedChoiceField(label=_("Priority"), choices=PRIORITIES, coerce=int)
    lifetime = forms.ChoiceField(
        label=_("Try for"),
        choices=[
            ("hour", _("an hour")),
            ("day", _("a day")),
            ("week", _("a week")),
            ("", _("without end")),
        ],
        required=False,
    )
    topic = forms.CharField(
        label=pgettext_lazy("downlink", "Topic"),
        required=False,
        max_length=40,
        help_text=_("Of the same topic only the newest waits, such as “display text”."),
    )

    def __init__(self, *args: Any, encodes: bool, **said: Any) -> None:
        super().__init__(*args, **said)
        self.encodes = encodes
        if encodes:
            self.fields["f_port"].help_text = _("Empty: the codec names it.")
        else:
            del self.fields["how"], self.fields["content"]

    def clean_payload(self) -> bytes:
        try:
            return bytes.fromhex(readable(self.cleaned_data["payload"]))
        except ValueError:
            raise ValidationError(
                _("Write two digits 0-9 or a-f for each byte, such as 01 0F.")
            ) from None

    def clean_content(self) -> dict[str, Any] | None:
        text = self.cleaned_data["content"].strip()
        if not text:
            return None
        try:
            found = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValidationError(
                _("This is not JSON: %(error)s"), params={"error": str(error)}
            ) from None
        if not isinstance(found, dict):
            raise ValidationError(_("Write an object, such as {“open”: true}."))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        by_data = self.encodes and said.get("how") == "data"
        if by_data and "content" in said and said["content"] is None:
            self.add_error("content", _("Write what the device is to be told."))
        if not by_data and "payload" in said and not said["payload"]:
            self.add_error("payload", _("Write at least one byte."))
        if not by_data and "f_port" in said and said["f_port"] is None:
            self.add_error("f_port", _("Bytes need a port: the manual of the device names it."))
        return said

    def message(self) -> dict[str, Any]:
        """What `downlinks.check` and `downlinks.send` are given."""
        said = self.cleaned_data
        by_data = self.encodes and said["how"] == "data"
        return {
            "data": said["content"] if by_data else None,
            "payload": None if by_data else said["payload"],
            "f_port": said["f_port"],
        }

    def wishes(self) -> dict[str, Any]:
        """What only `downlinks.send` is given."""
        said = self.cleaned_data
        length = LIFETIMES.get(said["lifetime"])
        return {
            "confirmed": said["confirmed"],
            "priority": said["priority"],
            "expires": clock.now() + length if length else None,
            "topic": said["topic"],
        }
