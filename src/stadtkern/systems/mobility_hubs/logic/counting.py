"""Keeps the free capacity of each station as series that everybody can read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.mobility_hubs.logic import COUNT, forecast, now
from stadtkern.systems.mobility_hubs.logic.forecast import Ahead
from stadtkern.systems.mobility_hubs.logic.now import KINDS, Joint, Kind
from stadtkern.systems.mobility_hubs.models import Hub

PROPERTY: Final[Mapping[Kind, str]] = {kind: f"free_{kind}" for kind in KINDS}
AGAIN_AFTER: Final = timedelta(minutes=10)
TICK: Final = timedelta(microseconds=1)
# A number from so long before still holds.
HOLDS: Final = timedelta(minutes=30)
HALF_AN_HOUR: Final = 30
THEN: Final = """
select w.number, (
  select o.value from things_observation o
  where o.datastream_id = w.stream and o.at <= w.at and o.at > w.at - %(holds)s
    and o.value is not null and o.quality < 3
  order by o.at desc limit 1)
from unnest(%(numbers)s::int[], %(streams)s::bigint[], %(times)s::timestamptz[])
  as w (number, stream, at)
"""


def count_all() -> str:
    """Store what changed or is old; the answer says how much."""
    stored = sum(_count(one) for one in now.stations())
    return f"{stored} numbers stored"


def _count(station: Joint) -> int:
    free = {kind: station.free(kind) for kind in KINDS}
    known = {kind: value for kind, value in free.items() if value is not None}
    if not known:
        return 0
    with transaction.atomic():
        Hub.objects.select_for_update(no_key=True).get(pk=station.hub.pk)
        streams = _made(station.hub)
        last = Latest.objects.in_bulk([streams[kind] for kind in known])
        rows = [
            store.Observation(datastream=streams[kind], at=_after(last.get(streams[kind])),
                              value=float(value))
            for kind, value in known.items() if _is_news(value, last.get(streams[kind]))
        ]  # fmt: skip
        store.write(rows, kinds=(COUNT,))
    return len(rows)


def _is_news(value: int, last: Latest | None) -> bool:
    return last is None or last.value != value or clock.age(last.at) >= AGAIN_AFTER


def _after(last: Latest | None) -> datetime:
    return clock.now() if last is None else max(clock.now(), last.at + TICK)


@once
def streams() -> dict[int, dict[Kind, int]]:
    """Datastreams by place and kind."""
    found: dict[int, dict[Kind, int]] = {}
    rows = Datastream.objects.public().filter(thing__kind=COUNT)
    kinds = {slug: kind for kind, slug in PROPERTY.items()}
    for pk, place, slug in rows.values_list("pk", "thing__place", "observed_property__slug"):
        if place and slug in kinds:
            found.setdefault(place, {})[kinds[slug]] = pk
    return found


def _made(hub: Hub) -> dict[Kind, int]:
    rows = Datastream.objects.filter(thing__place=hub.place_id, thing__kind=COUNT)
    if not rows.exists():
        with override("de"):
            title, source = _("Free capacity"), _("Sum over the parts of the mobility station")
        sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
        provision.things(COUNT, [(hub.place, f"{title}, {hub.place.name}")], sensor=sensor,
                         source=source, one_per_instant=True)  # fmt: skip
    found = dict(rows.values_list("observed_property__slug", "pk"))
    return {kind: found[slug] for kind, slug in PROPERTY.items()}


def ahead(stations: list[Joint]) -> dict[tuple[int, Kind], Ahead]:
    """What is expected in half an hour, by station and kind; one query for all."""
    at = clock.now().astimezone(city_zone())
    spans, known = forecast.moments(at, HALF_AN_HOUR), streams()
    wanted = [
        (station, kind, known[station.hub.place_id][kind])
        for station in stations for kind in KINDS
        if station.free(kind) is not None and kind in known.get(station.hub.place_id, {})
    ]  # fmt: skip
    values = _then([(stream, one) for _s, _k, stream in wanted for span in spans for one in span])
    found, size = {}, 2 * len(spans)
    for number, (station, kind, _stream) in enumerate(wanted):
        mine = values[number * size : (number + 1) * size]
        before = list(zip(mine[::2], mine[1::2], strict=True))
        look = forecast.ahead(station.free(kind) or 0, station.all(kind), at, HALF_AN_HOUR, before)
        if look is not None:
            found[station.hub.pk, kind] = look
    return found


def _then(wanted: list[tuple[int, datetime]]) -> list[float | None]:
    """What each datastream had at an instant."""
    if not wanted:
        return []
    told: dict[str, Any] = {
        "numbers": list(range(len(wanted))), "streams": [one for one, _at in wanted],
        "times": [at for _one, at in wanted], "holds": HOLDS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(THEN, told)
        found = dict(cursor.fetchall())
    return [found.get(number) for number in range(len(wanted))]
