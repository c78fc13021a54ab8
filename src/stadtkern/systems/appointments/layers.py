"""What map and tile show: offices, and how soon somebody can come."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin, Reading, State
from stadtkern.kernel.ui.numbers import MISSING
from stadtkern.systems.appointments.logic import earliest

SOON = timedelta(days=2)


def pins() -> Iterator[Pin]:
    """Offices with their earliest time."""
    for office, begins in earliest.by_office(earliest.all_of_them()).items():
        place = office.resource.place
        if place is None or place.lon is None or place.lat is None:
            continue
        text = _("earliest appointment %(when)s") % {"when": _when(begins)} if begins else ""
        yield Pin(
            place=place.public_id, name=office.title, lon=place.lon, lat=place.lat,
            state=_state(begins), label=_short(begins), text=text or _("nothing free"),
            at=clock.now(), url=reverse("appointments:office", args=[office.slug]),
        )  # fmt: skip


def _state(begins: datetime | None) -> State:
    if begins is None:
        return "bad"
    return "good" if earliest.so_soon(begins, SOON) else "tight"


def _when(begins: datetime) -> str:
    return f"{formats.date_format(begins, 'D j.n.')}, {begins:%H:%M}"


def _short(begins: datetime | None) -> str:
    return f"{begins:%d.%m.}" if begins else MISSING


def earliest_tile() -> Reading | None:
    """The earliest time at which any concern could be served."""
    found = earliest.all_of_them()
    if not found:
        return None
    free = [one for one in found if one.begins]
    first = min(free, key=lambda one: one.begins or clock.now(), default=None)
    begins = first.begins if first else None
    invented = any(one.offer.office.resource.invented for one in found)
    return Reading(
        value=_when(begins) if begins else MISSING, unit="",
        source=_("invented for the demo") if invented else _("The city's calendar of appointments"),
        at=clock.now(), stale=False, detail=first.offer.office.title if first else "",
        url=reverse("appointments:home"),
    )  # fmt: skip
