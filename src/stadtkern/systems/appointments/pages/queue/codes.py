"""The QR code that leads from a ticket to one's place in the queue."""

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from stadtkern.systems.appointments.models import QueueEntry


def code_for(request: HttpRequest, entry: QueueEntry) -> SafeString:
    """An SVG that encodes the address of the entry's page; its colours are those of the text."""
    address = request.build_absolute_uri(reverse("appointments:waiting", args=[entry.token]))
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="queue-qr")
    return mark_safe(svg)  # noqa: S308  made of an address of ours
