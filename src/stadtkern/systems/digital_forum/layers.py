"""The forum on the city map."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Pin
from stadtkern.systems.digital_forum.logic import booking


def pins() -> Iterator[Pin]:
    """One pin, with the next time for which help can be booked."""
    place = booking.forum()
    if place is None or place.lon is None or place.lat is None:
        return
    found = booking.free(booking.OFFERS[0])
    text = _("no help can be booked at present")
    if found:
        local = timezone.localtime(found[0].begins)
        moment = f"{formats.date_format(local, 'D j.n.')}, {formats.time_format(local)}"
        text = _("help from %(moment)s on") % {"moment": moment}
    yield Pin(
        place=place.public_id, name=place.title, lon=place.lon, lat=place.lat,
        state="good" if found else "none", label="", text=text, url=reverse("digital_forum:home"),
    )  # fmt: skip
