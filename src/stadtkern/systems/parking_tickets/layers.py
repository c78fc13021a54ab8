"""What map and tile show of phone parking: zones with the price that holds now."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin, Reading, State
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.parking_tickets.logic import zones
from stadtkern.systems.parking_tickets.logic.zones import Known

ROOM = 0.004  # degrees


def pins() -> Iterator[Pin]:
    """Zones at the middle of their area."""
    return pins_of(zones.now())


def pins_of(found: Iterable[Known]) -> Iterator[Pin]:
    """Pins of zones already at hand."""
    for one in found:
        place, now = one.zone.place, one.present
        yield Pin(
            place=place.public_id, name=place.title,
            lon=place.lon or 0, lat=place.lat or 0,
            state=_state(one),
            label=f"{one.zone.number} {now.short if now else '?'}",
            text=now.text if now else _("no prices known"),
            at=clock.now(), url=reverse("parking_tickets:zone", args=[one.zone.number]),
        )  # fmt: skip


def area_of(one: Known) -> dict[str, Any]:
    """A zone as a GeoJSON feature with its state in words and its page."""
    now, place = one.present, one.zone.place
    return {
        "type": "Feature", "id": str(place.public_id), "geometry": place.geometry,
        "properties": {
            "number": one.zone.number, "name": place.title, "state": _state(one),
            "text": f"{one.zone.number}: {now.text if now else _('no prices known')}",
            "few": False, "url": reverse("parking_tickets:zone", args=[one.zone.number]),
            "invented": one.zone.invented,
        },
    }  # fmt: skip


def _state(one: Known) -> State:
    if one.present is None:
        return "none"
    return "info" if one.present.charged else "good"


def bounds(found: Iterable[Known]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all zones with some room."""
    boxes = [(p.west, p.south, p.east, p.north) for p in (one.zone.place for one in found)
             if p.west is not None]  # fmt: skip
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests) - ROOM, min(souths) - ROOM, max(easts) + ROOM, max(norths) + ROOM


def zones_tile() -> Reading | None:
    """In how many zones parking costs something now."""
    found = zones.now()
    if not found:
        return None
    charged = sum(one.present is not None and one.present.charged for one in found)
    machines = [one for each in found for one in each.machines]
    working = sum(one.state == "ok" for one in machines)
    detail = ngettext("%(ok)s of %(all)s ticket machine works",
                      "%(ok)s of %(all)s ticket machines work", len(machines))  # fmt: skip
    return Reading(
        value=figure(charged), unit=_("of %(all)s zones") % {"all": figure(len(found))},
        source=_("Tariffs of the parking zones"), at=clock.now(), stale=False,
        detail=detail % {"ok": figure(working), "all": figure(len(machines))},
        url=reverse("parking_tickets:home"),
    )  # fmt: skip
