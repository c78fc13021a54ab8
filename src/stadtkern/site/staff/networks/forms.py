"""The form of a network, made from the settings that its adapter names."""

import re
import ssl
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.networks.adapter import Door, Setting

SLUG = re.compile("^[a-z0-9][a-z0-9-]{0,39}$")
HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9a-fA-F:]+$")
LONGEST = {"text": 300, "lines": 4000, "long": 20_000}
MOST_TOPICS = 20
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class NetworkForm(forms.Form):
    """Name, settings, and the secret, which is only ever written."""

    title = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As your colleagues call it, such as “ChirpStack of the utility”."),
    )
    slug = forms.CharField(
        label=_("Short name"),
        max_length=40,
        required=False,
        help_text=_("Part of its address; it cannot be changed later. Empty: made from the name."),
    )

    def __init__(self, door: Door, *args: Any, network: Network | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._door = door
        self._network = network
        if network is not None:
            del self.fields["slug"]
        for setting in door.settings:
            self.fields[setting.name] = _field(setting)
        if door.secret:
            self.fields["secret"] = _secret(door, kept=bool(network and network.secret))
            self.order_fields(_order(door))

    def clean_slug(self) -> str:
        title = str(self.cleaned_data.get("title", "")).lower().translate(UMLAUTS)
        given = self.cleaned_data["slug"] or slugify(title)
        slug = str(given)[:40].rstrip("-")
        if not SLUG.match(slug):
            raise ValidationError(_("Use small letters, digits and hyphens, 40 at most."))
        if Network.objects.filter(slug=slug).exists():
            raise ValidationError(_("There is a network of this short name already."))
        return slug

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if not HOST.match(host):
            raise ValidationError(_("Enter only the name, such as eu1.cloud.thethings.network."))
        return host

    def clean_port(self) -> Any:
        port = self.cleaned_data["port"]
        if "host" in self.fields and port is not None and not 0 < int(port) < 65536:
            raise ValidationError(_("A port is a number from 1 to 65535."))
        return port

    def clean_topics(self) -> list[str]:
        topics = self.cleaned_data["topics"]
        if len(topics) > MOST_TOPICS or not all(map(is_filter, topics)):
            raise ValidationError(
                _("At least one line is no topic filter: + stands alone between slashes, # at the "
                  "end.")
            )  # fmt: skip
        return list(topics)

    def clean_ca(self) -> str:
        pem = str(self.cleaned_data["ca"]).strip()
        if pem:
            try:
                ssl.create_default_context(cadata=pem)
            except ssl.SSLError:
                raise ValidationError(
                    _("This is no certificate in PEM form. Paste it with its first and last line.")
                ) from None
        return pem

    def clean_api(self) -> str:
        url = str(self.cleaned_data["api"]).strip().rstrip("/")
        if url and not re.match(r"^https?://[^\s/?#]+(/[^\s?#]*)?$", url):
            raise ValidationError(_("Enter an address that begins with https://"))
        return url

    def settings(self) -> dict[str, Any]:
        """What goes into `Network.settings`."""
        return {setting.name: self.cleaned_data[setting.name] for setting in self._door.settings}

    def secret(self) -> str:
        """The new secret; empty where it stays as it is."""
        return str(self.cleaned_data.get("secret") or "")


class Lines(forms.CharField):
    """A text with one entry a line, as a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [line.strip() for line in str(text).splitlines() if line.strip()]


def is_filter(topic: str) -> bool:
    """Whether a text is an MQTT topic filter (MQTT 3.1.1, 4.7.1)."""
    levels = topic.split("/")
    plain = all(level in ("+", "#") or not set("+#\0") & set(level) for level in levels)
    return plain and "#" not in levels[:-1] and 0 < len(topic.encode()) < 65536


def _field(setting: Setting) -> forms.Field:
    shared: dict[str, Any] = {
        "label": setting.title,
        "help_text": setting.help,
        "required": setting.needed,
        "initial": setting.initial,
    }
    if setting.shape == "number":
        return forms.IntegerField(**shared)
    if setting.shape == "switch":
        return forms.BooleanField(**{**shared, "required": False})
    if setting.shape == "choice":
        return forms.ChoiceField(choices=list(setting.choices), **shared)
    if setting.shape == "lines":
        return Lines(widget=forms.Textarea({"rows": 3}), max_length=LONGEST["lines"], **shared)
    if setting.shape == "long":
        widget = forms.Textarea({"rows": 4, "spellcheck": "false"})
        return forms.CharField(widget=widget, max_length=LONGEST["long"], **shared)
    return forms.CharField(max_length=LONGEST["text"], **shared)


def _order(door: Door) -> list[str]:
    """The secret behind the user whose it is, or last."""
    names = ["title", "slug", *(setting.name for setting in door.settings)]
    names.insert(names.index("user") + 1 if "user" in names else len(names), "secret")
    return names


def _secret(door: Door, *, kept: bool) -> forms.Field:
    note = _("It is kept sealed and never shown again.")
    if kept:
        note = _("One is kept, sealed. Leave this empty to keep it.")
    label: Any = door.secret
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=f"{door.secret_help} {note}".strip() if door.secret_help else note,
    )


def initial(network: Network) -> Mapping[str, Any]:
    """What the form of a known network begins with; never its secret."""
    return {"title": network.title, **network.settings}
