"""Whether each board works, as a series like any other: for histories, and for alerts on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.parking.models import Board

KIND, PROPERTY = "parking.board", "board_works"
AGAIN_AFTER = timedelta(minutes=30)


def note(boards: Sequence[Board], now: datetime) -> None:
    """1 where a board shows what it should and has no fault, 0 where not; when it changes.

    A board on LoRaWAN tells it with its own messages; here it is heard from the city.
    """
    told = {board.place_id: _value(board) for board in boards if board.protocol != "lorawan"}
    streams = {stream.thing.place_id: stream.pk for stream in _streams(boards)}
    last = {
        one.datastream_id: one for one in Latest.objects.filter(datastream__in=streams.values())
    }
    rows = [
        store.Observation(datastream=streams[place], at=now, value=value)
        for place, value in told.items()
        if value is not None and _is_news(last.get(streams[place]), value, now)
    ]
    if rows:
        store.write(rows, kinds=(KIND,))


def _value(board: Board) -> float | None:
    """Before a third failure nothing is said: a lost packet is no broken board."""
    if board.state == "good":
        return 0.0 if board.faults else 1.0
    return 0.0 if board.state == "failed" else None


def _is_news(last: Latest | None, value: float, now: datetime) -> bool:
    return last is None or last.value != value or now - last.at >= AGAIN_AFTER


def _streams(boards: Sequence[Board]) -> list[Datastream]:
    """One for each board, made where it is missing."""
    found = _found(boards)
    have = {stream.thing.place_id for stream in found}
    lacking = [one for one in boards if one.place_id not in have and one.protocol != "lorawan"]
    if not lacking:
        return found
    with override("de"):
        title, source = _("Display board"), _("Told by the board")
    sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
    named = [(one.place, f"{title} {one.place.name}"[:200]) for one in lacking]
    provision.things(KIND, named, sensor=sensor, source=source, one_per_instant=True)
    return _found(boards)


def _found(boards: Sequence[Board]) -> list[Datastream]:
    rows = Datastream.objects.filter(
        thing__place__in=[one.place_id for one in boards], thing__kind=KIND,
        observed_property__slug=PROPERTY,
    )  # fmt: skip
    return list(rows.select_related("thing").order_by("pk"))
