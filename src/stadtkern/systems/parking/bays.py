"""Every bay with what its sensor last said: the one place that reads bay sensors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.store import INVALID

SITE, BAY, SENSOR, COUNT = "parking.site", "parking.bay", "parking.bay-sensor", "parking.count"
OCCUPIED = "occupied"

BayState = Literal["free", "taken", "unknown"]
SIGNS: dict[BayState, State] = {"free": "good", "taken": "bad", "unknown": "none"}
WORDS = {"free": _("free"), "taken": _("occupied"), "unknown": _("unknown")}
AUDIENCES = {
    "": _("for everybody"),
    "disabled": _("for disabled people"),
    "electric": _("for electric cars"),
    "family": _("for families"),
}
MARKS = {"disabled": "♿\ufe0e", "electric": "E", "family": "F"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bay:
    """One bay; `state` is unknown where the sensor is missing, silent or out of order."""

    place: int
    public_id: UUID
    site: int
    name: str
    row: str
    number: int
    audience: str
    lon: float | None
    lat: float | None
    state: BayState
    at: datetime | None
    datastream: int | None

    @property
    def short(self) -> str:
        """`A 12`."""
        return f"{self.row} {self.number}".strip()

    @property
    def sign(self) -> State:
        """The state as maps and lists show it."""
        return SIGNS[self.state]

    @property
    def kept(self) -> str:
        """For whom it is kept, in words."""
        return str(AUDIENCES.get(self.audience, self.audience))

    @property
    def mark(self) -> str:
        """For whom it is kept, as one sign beside its number."""
        return MARKS.get(self.audience, "")

    @property
    def word(self) -> str:
        """The state in words."""
        return str(WORDS[self.state])


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a bay's sensor last said."""

    datastream: int
    at: datetime | None = None
    taken: bool | None = None
    stale_after: timedelta | None = None

    def state(self, now: datetime) -> BayState:
        """A sensor that is silent for too long knows nothing about its bay any more."""
        if self.at is None or self.taken is None:
            return "unknown"
        if self.stale_after is not None and now - self.at > self.stale_after:
            return "unknown"
        return "taken" if self.taken else "free"


# Tuples, not models: a map asks for every bay there is.
COLUMNS = (
    "pk", "public_id", "parent", "name", "name_en", "properties", "west", "south", "east", "north",
)  # fmt: skip


def bays(sites: Iterable[int] | None = None) -> list[Bay]:
    """The bays of these sites (by key), or of all, by row and number. Always two queries."""
    return list(_bays(None if sites is None else tuple(sites)))


@once
def _bays(sites: tuple[int, ...] | None) -> list[Bay]:
    places = Place.objects.of_kind(BAY).filter(parent__kind=SITE)
    if sites is not None:
        places = places.filter(parent__in=sites)
    heard, now, english = _heard(sites), clock.now(), get_language() == "en"
    rows = places.order_by("pk").values_list(*COLUMNS)
    found = [_bay(heard.get(row[0]), now, english, *row) for row in rows]
    return sorted(found, key=lambda bay: (bay.site, bay.row, bay.number, bay.place))


def _heard(sites: Sequence[int] | None) -> dict[int, Said]:
    streams = Datastream.objects.filter(
        observed_property__slug=OCCUPIED, thing__kind=SENSOR, thing__place__kind=BAY
    )
    if sites is not None:
        streams = streams.filter(thing__place__parent__in=sites)
    rows = streams.values_list(
        "thing__place", "id", "stale_after", "latest__at", "latest__value", "latest__quality"
    )
    found: dict[int, Said] = {}
    for place, stream, stale_after, at, value, quality in rows.order_by("id"):
        taken = None if value is None or quality == INVALID else value >= 0.5
        said = Said(datastream=stream, at=at, taken=taken, stale_after=stale_after)
        # A bay whose sensor was replaced has two: the one heard last counts.
        if place not in found or newer(said, found[place]):
            found[place] = said
    return found


def newer(one: Said, other: Said) -> bool:
    """Whether the first was heard later than the second."""
    return one.at is not None and (other.at is None or one.at > other.at)


def _bay(
    said: Said | None, now: datetime, english: bool,
    place: int, public_id: UUID, site: int, name: str, name_en: str, properties: Any,
    west: float | None, south: float | None, east: float | None, north: float | None,
) -> Bay:  # fmt: skip
    facts = properties if isinstance(properties, dict) else {}
    number = facts.get("number")
    return Bay(
        place=place,
        public_id=public_id,
        site=site,
        name=name_en if name_en and english else name,
        row=str(facts.get("row", "")),
        number=number if isinstance(number, int) else 0,
        audience=str(facts.get("audience", "")),
        lon=None if west is None or east is None else (west + east) / 2,
        lat=None if south is None or north is None else (south + north) / 2,
        state=said.state(now) if said else "unknown",
        at=said.at if said else None,
        datastream=said.datastream if said else None,
    )
