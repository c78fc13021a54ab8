"""All that a page about a measure shows, made from its analysis; the staff's page has the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from stadtkern.kernel.contract import State
from stadtkern.kernel.effects import wording
from stadtkern.kernel.effects.models import Analysis, Intervention
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.dashboard import readings
from stadtkern.site.dashboard.effects import drawing

SIGNS: dict[str, State] = {"effect": "good", "none": "info", "unclear": "none", "": "none"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A line of the table of methods."""

    title: str
    why: str
    found: str
    low: str
    high: str
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A series that was used, with the ways to its source: its place, its values, its entity."""

    stream: Datastream
    title: str
    place: str
    place_url: str
    csv_url: str
    program_url: str
    source: str
    licence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A line of the table beside the chart."""

    week: date
    seen: float | None
    expected: float | None
    effect: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An analysis for a page; the charts are None where nothing could be reckoned."""

    analysis: Analysis
    sign: State
    sentence: str
    conditions: list[wording.Condition]
    assumptions: list[str]
    methods: list[Method]
    observed: drawing.Chart | None
    over_time: drawing.Chart | None
    placebos: drawing.Placebos | None
    weeks: list[Week]
    decimals: int
    unit: str
    places: int
    chance: str


def shown(one: Intervention, analysis: Analysis) -> Shown:
    """An analysis that is done."""
    given, result = analysis.input, analysis.result
    assert given is not None
    assert result is not None
    reckoned = "effect" in result
    unit = given["targets"][0]["unit"]
    return Shown(
        analysis=analysis,
        sign=SIGNS[analysis.verdict],
        sentence=_sentence(one, analysis, given, result),
        conditions=wording.conditions(given, result),
        assumptions=wording.assumptions(one, given, result),
        methods=_methods(given, result) if reckoned else [],
        observed=drawing.observed(given, result) if reckoned else None,
        over_time=drawing.over_time(given, result) if reckoned else None,
        placebos=drawing.placebos(given, result) if reckoned else None,
        weeks=_weeks(given, result) if reckoned else [],
        decimals=given["targets"][0]["decimals"],
        unit="" if unit == "1" else unit,
        places=len(result["placebos"]["space"]) if reckoned else 0,
        chance=_chance(result) if reckoned else "",
    )


def _sentence(one: Intervention, analysis: Analysis, given: Any, result: Any) -> str:
    if analysis.purpose == Analysis.PLAN:
        return wording.outlook(given, result)
    return wording.sentence(one, given, result)


def _chance(result: Mapping[str, Any]) -> str:
    """How often a place where nothing was done shows as much: `1 of 7`."""
    count = len(result["placebos"]["space"]) + 1
    return f"{round(result['placebos']['p'] * count)}/{count}"


def _methods(given: Mapping[str, Any], result: Mapping[str, Any]) -> list[Method]:
    return [
        Method(
            title=str(wording.METHODS[row["slug"]][0]),
            why=str(wording.METHODS[row["slug"]][1]),
            found=wording.amount(row["effect"], given),
            low=wording.amount(row["low"], given) if row.get("low") is not None else "",
            high=wording.amount(row["high"], given) if row.get("high") is not None else "",
            own=row["slug"] == "combined",
        )
        for row in result["methods"]
    ]


def _weeks(given: Mapping[str, Any], result: Mapping[str, Any]) -> list[Week]:
    expected = drawing.natural(result["expected"], given)
    rows = zip(given["weeks"], given["target"], expected, result["gap"], strict=True)
    return [
        Week(
            week=date.fromisoformat(week), seen=seen, expected=due,
            effect=wording.amount(gap, given),
        )
        for week, seen, due, gap in rows
    ]  # fmt: skip


def series(one: Intervention, analysis: Analysis | None) -> dict[str, list[Series]]:
    """The series of a measure by their part, each with the ways to its source; one query."""
    span = _span(analysis)
    found: dict[str, list[Series]] = {"target": [], "control": [], "weather": []}
    chosen = {row.datastream_id: row.role for row in one.chosen.all()}
    streams = Datastream.objects.public().to_show().filter(pk__in=chosen).order_by("thing__name")
    for stream in streams:
        found[chosen[stream.pk]].append(_series(stream, span))
    return found


def _span(analysis: Analysis | None) -> Mapping[str, str]:
    weeks: Sequence[str] = analysis.input["weeks"] if analysis and analysis.input else ()
    if not weeks:
        return {}
    last = date.fromisoformat(weeks[-1]) + timedelta(days=6)
    return {"from": weeks[0], "to": last.isoformat()}


def _series(stream: Datastream, span: Mapping[str, str]) -> Series:
    place = stream.thing.place
    value = readings.value(stream)
    where = {"series": stream.pk, **span}
    return Series(
        stream=stream,
        title=value.title,
        place=place.title if place else stream.thing.name,
        place_url=f"{reverse('place', args=[place.public_id])}?{urlencode(where)}#history"
        if place
        else "",
        csv_url=f"{reverse('series-csv')}?{urlencode({'datastreams': stream.pk, **span})}",
        program_url=f"/api/sensorthings/v1.1/Datastreams({stream.pk})",
        source=value.source,
        licence=value.licence,
    )
