"""The input of an analysis: weekly series and all that was decided, complete in itself."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from math import exp, log
from typing import Any

from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.effects import calendar
from stadtkern.kernel.effects.changes import changes
from stadtkern.kernel.effects.models import Analysis, Chosen, Intervention
from stadtkern.kernel.effects.weekly import Weeks, weekly
from stadtkern.kernel.effects.window import Window, window
from stadtkern.kernel.things.models import Datastream

SCHEMA = "stadtkern-effect-input/1"
# Units without a true zero: half of 10 °C is no temperature half as high.
NO_RATIO = ("°C", "Cel", "°F", "dB", "dB(A)", "dBm", "pH", "[pH]")
# Weather that is measured in fewer of the weeks explains less than it hides.
KNOWN = 0.85
# Up to this share, nought is a broken counter; above it, values really reach nought.
NOUGHT = 0.05
Values = list[float | None]


def gather(one: Intervention, purpose: str, now: date | None = None) -> dict[str, Any]:
    """Everything the calculation needs, as plain JSON."""
    span = window(one, purpose, now)
    chosen = list(one.chosen.select_related("datastream__thing__place").order_by("role", "id"))
    found = weekly([row.datastream_id for row in chosen], span.weeks)
    targets, controls = _of(chosen, Chosen.TARGET), _of(chosen, Chosen.CONTROL)
    changed = _changes(purpose, [*targets, *controls], found, span)
    spoilt = {row["datastream"] for row in changed}
    scale = _scale(targets, [found[stream.pk] for stream in targets])
    series = {number: _positive(weeks.means, scale) for number, weeks in found.items()}
    weather, left_out = _weather(_of(chosen, Chosen.WEATHER), found)
    state = registry.city().city.state
    return {
        "schema": SCHEMA,
        "purpose": purpose,
        "begins": one.begins.isoformat(),
        "ends": one.ends.isoformat() if one.ends else None,
        "scale": scale,
        "weeks": [week.isoformat() for week in span.weeks],
        "before": span.before,
        "after": span.after,
        "planned": one.weeks_after,
        "targets": [_named(stream) for stream in targets],
        "target": _together([series[stream.pk] for stream in targets], scale),
        "controls": [
            {**_named(stream), "values": series[stream.pk]}
            for stream in controls
            if stream.pk not in spoilt
        ],
        "covariates": [
            {"slug": "holidays", "state": state, "values": calendar.by_week(span.weeks, state)},
            *weather,
        ],
        "left_out": left_out,
        "spoilt": [_named(stream) for stream in controls if stream.pk in spoilt],
        "changes": [row for row in changed if row["datastream"] in {one.pk for one in targets}],
    }


def fingerprint(given: Any) -> str:
    """SHA-256 over the input in its one canonical form (RFC 8785 in spirit: sorted, no spaces)."""
    text = json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _of(chosen: Iterable[Chosen], role: str) -> list[Datastream]:
    return [row.datastream for row in chosen if row.role == role]


def _named(stream: Datastream) -> dict[str, Any]:
    with override("de"):
        place = stream.thing.place.title if stream.thing.place else stream.thing.name
    return {
        "id": stream.pk, "name": stream.name, "place": place, "unit": stream.unit_symbol or "",
        "decimals": stream.decimals, "source": stream.source, "licence": stream.licence,
    }  # fmt: skip


def _scale(targets: Sequence[Datastream], found: Sequence[Weeks]) -> str:
    """`log` compares shares, `add` differences in the unit."""
    if any(stream.unit_symbol in NO_RATIO for stream in targets):
        return "add"
    values = [value for weeks in found for value in weeks.means if value is not None]
    low = sum(value <= 0 for value in values)
    return "log" if low <= NOUGHT * len(values) else "add"


def _positive(values: Values, scale: str) -> Values:
    if scale == "add":
        return values
    return [value if value is not None and value > 0 else None for value in values]


def _together(rows: Sequence[Values], scale: str) -> Values:
    """The mean of several targets by week (geometric for shares); a gap in one is a gap."""
    together: Values = []
    for week in zip(*rows, strict=True):
        known = [value for value in week if value is not None]
        if len(known) < len(week) or not known:
            together.append(None)
        elif scale == "log":
            together.append(exp(sum(log(value) for value in known) / len(known)))
        else:
            together.append(sum(known) / len(known))
    return together


def _weather(
    streams: Sequence[Datastream], found: dict[int, Weeks]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    used: list[dict[str, Any]] = []
    left_out: list[dict[str, Any]] = []
    for stream in streams:
        weeks = found[stream.pk]
        if weeks.known >= KNOWN:
            used.append({"slug": "weather", **_named(stream), "values": weeks.means})
        else:
            left_out.append({**_named(stream), "known": round(weeks.known, 3)})
    return used, left_out


def _changes(
    purpose: str, streams: Sequence[Datastream], found: dict[int, Weeks], span: Window
) -> list[dict[str, Any]]:
    if purpose == Analysis.PLAN or not span.weeks:
        return []
    wanted = {stream.pk for stream in streams}
    return changes(streams, {pk: weeks for pk, weeks in found.items() if pk in wanted}, span)
