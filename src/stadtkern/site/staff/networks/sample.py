"""Tries the mapping of a plain HTTP network on a message that staff paste."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.networks import ADAPTERS
from stadtkern.site.staff.networks.forms import NetworkForm

KIND = "http"
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One message as it would be read."""

    event: Incoming
    payload: str
    values: list[tuple[str, Any]]


def tried(request: HttpRequest, form: NetworkForm, kind: str) -> list[Tried] | None:
    """What the settings in this form make of the sample; None where they are wrong themselves."""
    form.is_valid()
    if kind != KIND or set(form.errors) - {"title", "slug"}:
        return None
    body = request.POST.get("sample", "").encode()
    message = Message(topic="", body=body, received=clock.now())
    return [_tried(event) for event in ADAPTERS[KIND].read(message, form.settings())[:SHOWN]]


def _tried(event: Incoming) -> Tried:
    payload = event.payload.hex(" ") if event.payload is not None else ""
    return Tried(event=event, payload=payload, values=list((event.data or {}).items()))
