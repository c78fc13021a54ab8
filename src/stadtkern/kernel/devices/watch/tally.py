"""Adds messages, in the order they were sent, to the state of their devices and days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import median

from stadtkern.kernel.devices.ingest.event import AHEAD, Incoming
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Outcome
from stadtkern.kernel.devices.watch.frames import FIRST, Counted, Counter
from stadtkern.kernel.devices.watch.state import Day, State, least
from stadtkern.kernel.things.series import city_zone

# The rhythm is the median of so many intervals, once so few are known.
KEPT, ENOUGH = 16, 5
# Repetitions of a message say nothing about its device's rhythm.
SHORTEST = 1.0
# Seconds; no time zone changes its day within them.
QUARTER = 900


def local_day(at: datetime) -> date:
    """The day on which this instant falls in the city."""
    return _day_of(int(at.timestamp()) // QUARTER)


@lru_cache(maxsize=1024)
def _day_of(quarter: int) -> date:
    return datetime.fromtimestamp(quarter * QUARTER, city_zone()).date()


class Tally:
    """Devices and their days while a batch is added up."""

    def __init__(self, states: Iterable[State]) -> None:
        self._states = {state.id: state for state in states}
        self._days: dict[tuple[int, date], Day] = {}

    @property
    def devices(self) -> list[State]:
        """The devices as the batch leaves them."""
        return list(self._states.values())

    @property
    def days(self) -> list[Day]:
        """What the batch adds to each day."""
        return list(self._days.values())

    def take(self, judged: Judged) -> None:
        """Add one message of a device that is known."""
        state = self._states.get(judged.device.id) if judged.device else None
        if state is None:
            return
        event = judged.event
        today = local_day(event.time)
        day = self._days.setdefault((state.id, today), Day(state.id, today))
        if event.event == "up":
            _uplink(state, day, judged)
        elif event.event == "join":
            state.f_cnt = None
        _battery(state, day, judged)
        state.last_seen = max(state.last_seen or event.time, event.time)


def _uplink(state: State, day: Day, judged: Judged) -> None:
    event = judged.event
    counted = _counted(state, event)
    state.frames += counted.received
    state.lost = max(0, state.lost + counted.lost)
    day.uplinks += counted.received
    day.lost += counted.lost
    day.failed += judged.outcome == Outcome.FAILED
    _signal(day, event)
    _clock(state, day, event)
    _rhythm(state, day, event.time, counted.steps)
    if state.last_uplink is None or event.time >= state.last_uplink:
        _newest(state, judged)


def _counted(state: State, event: Incoming) -> Counted:
    """What the frame counter says; a message without one counts as received."""
    if event.f_cnt is None:
        newer = state.last_uplink is None or event.time > state.last_uplink
        return Counted(1, 0, 1) if newer else FIRST
    counter = Counter(last=state.f_cnt, at=state.last_uplink, window=state.f_window)
    counted = counter.count(event.f_cnt, event.time)
    state.f_cnt, state.f_window = counter.last, counter.window
    return counted


def _signal(day: Day, event: Incoming) -> None:
    if event.rssi is not None and event.snr is not None:
        day.heard += 1
        day.rssi_sum += event.rssi
        day.snr_sum += event.snr
        day.rssi_min = least(day.rssi_min, event.rssi)
        day.snr_min = least(day.snr_min, event.snr)
    if event.spreading_factor is not None and 7 <= event.spreading_factor <= 12:
        day.spreading[event.spreading_factor - 7] += 1


def _clock(state: State, day: Day, event: Incoming) -> None:
    """Late delivery looks like a clock that is behind, so the least of a day counts."""
    offset = (event.received - event.time).total_seconds()
    if event.doubtful_time:
        offset = -AHEAD.total_seconds()
    day.clock_offset = least(day.clock_offset, offset)
    last = local_day(state.last_uplink) if state.last_uplink else None
    if last is None or last < day.day:
        state.clock_offset = offset
    elif last == day.day:
        state.clock_offset = least(state.clock_offset, offset)


def _rhythm(state: State, day: Day, at: datetime, steps: int) -> None:
    """An interval in which frames got lost is shared among them."""
    if state.last_uplink is None or at <= state.last_uplink:
        return
    seconds = (at - state.last_uplink).total_seconds()
    day.gap = max(day.gap or 0.0, seconds)
    if steps and seconds / steps > SHORTEST:
        state.gaps = [*state.gaps[1 - KEPT :], round(seconds / steps, 1)]
    if len(state.gaps) >= ENOUGH:
        state.every = timedelta(seconds=round(median(state.gaps)))


def _newest(state: State, judged: Judged) -> None:
    event = judged.event
    state.last_uplink = event.time
    state.problem = clean(judged.reason)[:300] if judged.outcome == Outcome.FAILED else ""
    if event.gateways:
        state.rssi, state.snr = float(event.rssi or 0), float(event.snr or 0)
        state.gateway = clean(event.gateway)[:40]
    if event.spreading_factor is not None:
        state.spreading_factor = event.spreading_factor
    if event.frequency is not None:
        state.frequency = event.frequency


def _battery(state: State, day: Day, judged: Judged) -> None:
    # Where a charge is no percentage, such as 255 for "not measured", nothing is known of it.
    if judged.battery is None or not 0 <= judged.battery <= 100:
        return
    day.battery = float(judged.battery)
    if state.battery_at is None or judged.event.time >= state.battery_at:
        state.battery, state.battery_at = day.battery, judged.event.time
