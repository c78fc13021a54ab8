"""What to do at the other side, with this network's own address in it."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.networks import ADAPTERS
from stadtkern.kernel.devices.networks.adapter import Door, Setting, door


def door_of(network: Network) -> Door | None:
    """The adapter's door that this network was set up by; None for the city's own broker."""
    adapter = ADAPTERS.get(network.kind)
    return door(adapter, network.way) if adapter else None


def address(request: HttpRequest, network: Network) -> str:
    """The address to which the other side posts."""
    return request.build_absolute_uri(f"/api/devices/{network.slug}")


def steps(request: HttpRequest, network: Network, token: str = "") -> list[SafeString]:
    """The steps with what to paste; the token stands in them only where it has just been made."""
    found = door_of(network)
    if found is None:
        return []
    given = token or _("(the token)")
    said = {
        "url": address(request, network),
        "token": given,
        "slug": network.slug,
    }
    code = {name: format_html("<code>{}</code>", text) for name, text in said.items()}
    # The sentence is ours, and what is put into it was escaped above.
    return [mark_safe(escape(str(step)) % code) for step in found.steps]  # noqa: S308


def settings_of(network: Network) -> Iterator[tuple[Any, str]]:
    """The settings in plain sight, with their titles."""
    found = door_of(network)
    for setting in found.settings if found else ():
        value = network.settings.get(setting.name)
        if value not in (None, "", []):
            yield setting.title, _shown(setting, value)


def _shown(setting: Setting, value: Any) -> str:
    if setting.shape == "switch":
        return _("yes") if value else _("no")
    if setting.shape == "lines":
        return ", ".join(map(str, value))
    if setting.shape == "choice":
        return str(dict(setting.choices).get(value, value))
    return _("given") if setting.shape == "long" else str(value)
