"""Which series could be compared with: each with what speaks for it, and what against."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from math import asin, cos, log, radians, sin, sqrt
from statistics import StatisticsError, correlation
from typing import Any

from stadtkern.kernel.effects.changes import changes
from stadtkern.kernel.effects.models import MOST_CONTROLS, Analysis, Chosen, Intervention
from stadtkern.kernel.effects.weekly import Weeks, weekly
from stadtkern.kernel.effects.window import window
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream

# As the gates of the methods: see methods/gates.py, which no web process loads.
ALIKE, KNOWN = 0.6, 0.85
# Metres within which a street closed here moves people to there, or from there.
NEAR = 500
OFFERED = 60
EARTH = 6_371_000
WEATHER = (
    "air_temperature", "precipitation", "rain", "rainfall", "wind_speed", "sunshine",
    "solar_irradiance", "global_radiation",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a candidate; None where it cannot be known. Metres; shares of one.

    `own` names a measure of its own within the window, `changed` says that its sensor changed.
    """

    known: float
    alike: float | None
    metres: float | None
    own: str
    changed: bool
    near: bool

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        alike = self.alike is not None and self.alike >= ALIKE
        return alike and self.known >= KNOWN and not (self.own or self.changed or self.near)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A datastream with its facts, and whether it is proposed."""

    stream: Datastream
    facts: Facts
    proposed: bool


def controls(one: Intervention, targets: Sequence[Datastream]) -> list[Candidate]:
    """Public series of the same property, the best first; the best that fit are proposed."""
    if not targets:
        return []
    span = window(one, Analysis.PLAN)
    streams = _same_property(targets)
    found = weekly([stream.pk for stream in (*targets, *streams)], span.weeks)
    target = _mean([found[stream.pk].means for stream in targets])
    elsewhere = _own_measures(one, streams)
    changed = {row["datastream"] for row in changes(streams, {}, span)}
    facts = {
        stream.pk: _facts(one, stream, found[stream.pk], target, elsewhere, changed)
        for stream in streams
    }
    ordered = sorted(streams, key=lambda stream: _rank(facts[stream.pk]))
    fitting = [stream.pk for stream in ordered if facts[stream.pk].fits][:MOST_CONTROLS]
    return [
        Candidate(stream=stream, facts=facts[stream.pk], proposed=stream.pk in fitting)
        for stream in ordered
    ]


def targets(one: Intervention) -> list[tuple[Datastream, float | None]]:
    """Public series of the property, the nearest to the measure first, with metres."""
    rows = Datastream.objects.public().to_show()
    if one.observed_property_id:
        rows = rows.filter(observed_property=one.observed_property_id)
    near = [(stream, _metres(one, stream.thing.place)) for stream in rows[: 10 * OFFERED]]
    near.sort(key=lambda pair: (pair[1] is None, pair[1] or 0.0, pair[0].pk))
    return near[:OFFERED]


def weather(one: Intervention) -> list[tuple[Datastream, float]]:
    """The city's own weather, with the share of weeks in which it was measured."""
    span = window(one, Analysis.EFFECT)
    rows = Datastream.objects.public().to_show().filter(observed_property__slug__in=WEATHER)
    streams = list(rows[:OFFERED])
    found = weekly([stream.pk for stream in streams], span.weeks)
    pairs = [(stream, found[stream.pk].known) for stream in streams]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].pk))


def _same_property(targets: Sequence[Datastream]) -> list[Datastream]:
    rows = Datastream.objects.public().to_show()
    rows = rows.filter(observed_property__in={one.observed_property_id for one in targets})
    rows = rows.filter(unit_symbol=targets[0].unit_symbol)
    return list(rows.exclude(pk__in=[one.pk for one in targets])[:OFFERED])


def _facts(
    one: Intervention,
    stream: Datastream,
    weeks: Weeks,
    target: Sequence[float | None],
    elsewhere: dict[int, str],
    changed: set[int],
) -> Facts:
    metres = _metres(one, stream.thing.place)
    return Facts(
        known=round(weeks.known, 3),
        alike=_alike(target, weeks.means),
        metres=None if metres is None else round(metres),
        own=elsewhere.get(stream.pk, ""),
        changed=stream.pk in changed,
        near=metres is not None and metres < NEAR,
    )


def _rank(facts: Facts) -> tuple[bool, float]:
    return (not facts.fits, -(facts.alike if facts.alike is not None else -1.0))


def _own_measures(one: Intervention, streams: Iterable[Datastream]) -> dict[int, str]:
    """Titles of other measures that these series are to show, where their windows meet."""
    first = one.begins - timedelta(weeks=one.weeks_before)
    last = one.begins + timedelta(weeks=one.weeks_after)
    rows = Chosen.objects.filter(
        role=Chosen.TARGET, datastream__in=list(streams),
        intervention__begins__gte=first, intervention__begins__lte=last,
    ).exclude(intervention=one.pk)  # fmt: skip
    return {
        row.datastream_id: row.intervention.title for row in rows.select_related("intervention")
    }


def _alike(target: Sequence[float | None], other: Sequence[float | None]) -> float | None:
    """Correlation by week, of logarithms where all values are positive."""
    pairs = [(a, b) for a, b in zip(target, other, strict=True) if a is not None and b is not None]
    if len(pairs) < 8:
        return None
    if all(a > 0 and b > 0 for a, b in pairs):
        pairs = [(log(a), log(b)) for a, b in pairs]
    try:
        return round(correlation(*zip(*pairs, strict=True)), 3)
    except StatisticsError:
        return None


def _mean(rows: Sequence[Sequence[float | None]]) -> list[float | None]:
    found: list[float | None] = []
    for week in zip(*rows, strict=True):
        known = [value for value in week if value is not None]
        found.append(sum(known) / len(known) if len(known) == len(week) else None)
    return found


def _metres(one: Intervention, place: Place | None) -> float | None:
    """From the middle of the measure to the place, over the ground."""
    if place is None or place.lon is None or place.lat is None or one.west is None:
        return None
    assert one.east is not None
    assert one.south is not None
    assert one.north is not None
    lon, lat = (one.west + one.east) / 2, (one.south + one.north) / 2
    across, up = radians(place.lon - lon), radians(place.lat - lat)
    a = sin(up / 2) ** 2 + cos(radians(lat)) * cos(radians(place.lat)) * sin(across / 2) ** 2
    return 2 * EARTH * asin(sqrt(a))
