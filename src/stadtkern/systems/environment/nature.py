"""What map and tiles show of waters and trees: the value that says most, with its age."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Pin, Reading
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.environment import logic
from stadtkern.systems.environment.logic import Station, Value

SAYS_MOST = {"water": "water_temperature", "tree": "trunk_moisture"}


def water_pins() -> Iterator[Pin]:
    """Waters with their temperature."""
    return pins_of("water", logic.stations("water"))


def tree_pins() -> Iterator[Pin]:
    """Trees with the moisture in their trunk."""
    return pins_of("tree", logic.stations("tree"))


def pins_of(kind: str, stations: Sequence[Station]) -> Iterator[Pin]:
    """Pins of stations already at hand."""
    for one in stations:
        value = one.of(SAYS_MOST[kind])
        fresh = value is not None and not value.stale
        spoken = [f"{v.title} {_amount(v)}" for v in one.values if not v.stale]
        yield Pin(
            place=one.place.public_id, name=one.place.title, lon=one.place.lon or 0,
            lat=one.place.lat or 0, state="info" if fresh else "none",
            label=_amount(value) if value and fresh else MISSING,
            text=" · ".join(spoken) or _("no current data"), at=one.at, stale=not fresh,
            datastreams=one.datastreams,
        )  # fmt: skip


def water_tile() -> Reading | None:
    """The newest water temperature and where it was measured."""
    return _tile("water")


def tree_tile() -> Reading | None:
    """The newest moisture in a trunk and which tree it was."""
    return _tile("tree")


def _tile(kind: str) -> Reading | None:
    known = [
        (value.at, one, value)
        for one in logic.stations(kind)
        if (value := one.of(SAYS_MOST[kind])) and value.at
    ]
    if not known:
        return None
    at, one, value = max(known, key=lambda found: found[0])
    return Reading(
        value=figure(value.value, value.decimals),
        unit=value.unit,
        source=value.source_now,
        at=at,
        stale=value.stale,
        detail=one.place.title,
        url=reverse("place", args=[one.place.public_id]),
        trend=series.trend(value.datastream),
        datastreams=(value.datastream,),
    )


def _amount(value: Value) -> str:
    if value.value is None:
        return MISSING
    return f"{figure(value.value, value.decimals)} {value.unit}".strip()
