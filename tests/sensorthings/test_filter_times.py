"""Instants, intervals and durations in filters, against their definitions in plain Python."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

# The night in which the clocks of Herne go back, so that a wall clock would tell two hours alike.
DAY = datetime(2026, 10, 25, tzinfo=UTC)
MINUTES = (0, 59, 60, 61, 119, 120, 121, 180)
Span = tuple[datetime, datetime | None]


def minute(n: int) -> datetime:
    return DAY + timedelta(minutes=n)


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def told(span: Span) -> str:
    return iso(span[0]) if span[1] is None else f"{iso(span[0])}/{iso(span[1])}"


SPANS: list[Span] = [
    *((minute(n), None) for n in MINUTES),
    *((minute(a), minute(b)) for a in MINUTES for b in MINUTES if a < b),
]
CONSTANTS: list[Span] = [
    (minute(60), None),
    (minute(120), None),
    (minute(60), minute(120)),
    (minute(61), minute(121)),
]


@pytest.fixture
def spans(transactional_db: None) -> dict[int, Span]:
    """By id the phenomenonTime; validTime is the same, resultTime its start where it is instant."""
    stream = Datastream.objects.create(
        name="D",
        thing=Thing.objects.create(name="T"),
        sensor=Sensor.objects.create(name="s"),
        observed_property=ObservedProperty.objects.create(name="p"),
    )
    ids = store.write(
        [
            store.Observation(
                datastream=stream.pk,
                at=start,
                until=end,
                value=1.0,
                result_time=None if end else start,
                extra={"validTime": told((start, end))} if end else None,
            )
            for start, end in SPANS
        ]
    )
    return {number: span for number, span in zip(ids, SPANS, strict=True) if number}


def contains(interval: Span, moment: datetime) -> bool:
    return interval[1] is not None and interval[0] <= moment < interval[1]


def end_of(span: Span) -> datetime:
    return span[1] or span[0]


def before(a: Span, b: Span) -> bool:
    """Nothing of it lies at or after the other's start; an interval's end is not part of it."""
    return a[0] < b[0] if a[1] is None else a[1] <= b[0]


def during(a: Span, b: Span) -> bool:
    if a[1] is None:
        return contains(b, a[0])
    return b[1] is not None and b[0] <= a[0] and a[1] <= b[1]


def overlaps(a: Span, b: Span) -> bool:
    return a[0] == b[0] or contains(a, b[0]) or contains(b, a[0])


RELATIONS: dict[str, Callable[[Span, Span], bool]] = {
    "before({0},{1})": before,
    "{0} lt {1}": before,
    "after({0},{1})": lambda a, b: before(b, a),
    "{0} gt {1}": lambda a, b: before(b, a),
    "{0} le {1}": lambda a, b: a[0] <= b[0] and end_of(a) <= end_of(b),
    "{0} ge {1}": lambda a, b: a[0] >= b[0] and end_of(a) >= end_of(b),
    "{0} eq {1}": lambda a, b: (a[0], end_of(a)) == (b[0], end_of(b)),
    "{0} ne {1}": lambda a, b: (a[0], end_of(a)) != (b[0], end_of(b)),
    "meets({0},{1})": lambda a, b: a[0] == end_of(b) or end_of(a) == b[0],
    "during({0},{1})": during,
    "overlaps({0}, {1})": overlaps,
    "starts({0}, {1})": lambda a, b: a[0] == b[0],
    "finishes({0}, {1})": lambda a, b: end_of(a) == end_of(b),
    "not before({0},{1})": lambda a, b: not before(a, b),
    "not ({0} eq {1})": lambda a, b: (a[0], end_of(a)) != (b[0], end_of(b)),
}


def ids(reader: Client, text: str, status: int = 200) -> set[int]:
    found = reader.get(f"/Observations?$select=id&$top=1000&$filter={text}", status)
    return {one["@iot.id"] for one in found["value"]} if status == 200 else set()


def test_a_time_lies_to_another_as_defined(reader: Client, spans: dict[int, Span]) -> None:
    for (template, rule), constant in product(RELATIONS.items(), CONSTANTS):
        nothing = "during" in template and constant[1] is None
        text = template.format("phenomenonTime", told(constant))
        found = ids(reader, text, 400 if nothing else 200)
        expected = {n for n, span in spans.items() if rule(span, constant)}
        assert found == (set() if nothing else expected), text
        turned = template.format(told(constant), "phenomenonTime")
        assert ids(reader, turned) == {n for n, s in spans.items() if rule(constant, s)}, turned


def test_a_time_that_is_missing_lies_nowhere(reader: Client, spans: dict[int, Span]) -> None:
    for (template, rule), constant in product(RELATIONS.items(), CONSTANTS):
        if "not" in template or " ne " in template or ("during" in template and not constant[1]):
            continue
        for name, instants in (("validTime", False), ("resultTime", True)):
            text = template.format(name, told(constant))
            expected = {
                n
                for n, span in spans.items()
                if (span[1] is None) is instants and rule(span, constant)
            }
            assert ids(reader, text) == expected, text


def test_what_is_neither_before_nor_after_is_only_what_is_there(
    reader: Client, spans: dict[int, Span]
) -> None:
    """A missing time is unknown, and so is the opposite of what is said of it."""
    text = "not {0} lt {1} and not {0} ge {2}"
    moments = iso(minute(60)), iso(minute(120))
    for name, instants in (("resultTime", True), ("validTime", False)):
        found = ids(reader, text.format(name, *moments))
        assert found == {
            n
            for n, span in spans.items()
            if (span[1] is None) is instants
            and not before(span, (minute(60), None))
            and not span[0] >= minute(120)
        }


H, M = timedelta(hours=1), timedelta(minutes=1)
SUMS: list[tuple[str, Callable[[Span], Any]]] = [
    ("phenomenonTime add duration'PT1H' gt {180}", lambda s: s[0] + H > minute(180)),
    ("phenomenonTime gt {180} sub duration'PT1H'", lambda s: s[0] + H > minute(180)),
    ("duration'-PT60M' add phenomenonTime ge {60}", lambda s: s[0] - H >= minute(60)),
    ("phenomenonTime lt {0}/{60} add duration'PT1H'", lambda s: before(s, (minute(60), None))),
    ("validTime sub duration'PT1H' lt {60}", lambda s: s[1] and s[1] - H <= minute(60)),
    ("phenomenonTime sub {120} eq duration'PT1H'", lambda s: s[0] - minute(120) == H),
    ("phenomenonTime sub {60} lt duration'PT1H' mul 0.5", lambda s: s[0] - minute(60) < H / 2),
    ("{60} sub phenomenonTime gt -duration'PT1M'", lambda s: minute(60) - s[0] > -M),
    ("duration'P1D' eq duration'PT24H' and resultTime eq {60}", lambda s: s == SPANS[2]),
    ("resultTime eq {60} add duration'PT1H' div 60", lambda s: s == (minute(61), None)),
    ("during(phenomenonTime, {60}/PT1H)", lambda s: during(s, (minute(60), minute(120)))),
    ("during(phenomenonTime, PT1H/{120})", lambda s: during(s, (minute(60), minute(120)))),
    ("phenomenonTime lt now()", lambda s: False),
    ("phenomenonTime gt now() sub duration'P1D'", lambda s: True),
    ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", lambda s: True),
    ("hour(phenomenonTime) eq 2", lambda s: s[0].hour == 2),
    ("minute(validTime) eq 59", lambda s: s[1] and s[0].minute == 59),
    ("date(phenomenonTime) eq 2026-10-25", lambda s: True),
    ("date(phenomenonTime) eq date({60})", lambda s: True),
    (
        "time(phenomenonTime) ge 01:01 and second(phenomenonTime) eq 0",
        lambda s: s[0] > minute(60),
    ),
    ("time(phenomenonTime) eq 01:00:00.000", lambda s: s[0] == minute(60)),
    ("fractionalseconds(phenomenonTime) eq 0", lambda s: True),
    ("totaloffsetminutes(resultTime) eq 0", lambda s: s[1] is None),
    ("totalseconds(phenomenonTime sub {0}) eq 3600", lambda s: s[0] == minute(60)),
    ("phenomenonTime eq '2026-10-25T01:00:00Z'", lambda s: s == (minute(60), None)),
    ("phenomenonTime eq 2026-10-25T03:00:00+02:00", lambda s: s == (minute(60), None)),
    ("phenomenonTime ge 2026-10-25T02:00:00+01:00", lambda s: s[0] >= minute(60)),
    ("true eq (phenomenonTime ne {60})", lambda s: s != (minute(60), None)),
    ("(phenomenonTime ne {60}) eq false", lambda s: s == (minute(60), None)),
    ("year(phenomenonTime) mul 12 add month(phenomenonTime) eq 24322", lambda s: True),
    ("phenomenonTime in ({0}, {60})", lambda s: s[1] is None and s[0] in (DAY, minute(60))),
]


def test_times_and_durations_add_up(
    reader: Client, spans: dict[int, Span], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stadtkern.kernel.clock.now", lambda: DAY)
    for template, rule in SUMS:
        text = template
        for n in MINUTES:
            text = text.replace(f"{{{n}}}", iso(minute(n)))
        assert ids(reader, text.replace("+", "%2B")) == {n for n, s in spans.items() if rule(s)}, (
            text
        )


NONSENSE = [
    "phenomenonTime add 1 gt 2026-01-01T00:00:00Z",
    "phenomenonTime add phenomenonTime gt 2026-01-01T00:00:00Z",
    "duration'P1D' sub phenomenonTime gt duration'P1D'",
    "phenomenonTime gt duration'P1D'",
    "phenomenonTime gt duration'1 day'",
    "phenomenonTime gt duration'P'",
    "phenomenonTime gt 2026-02-30T00:00:00Z",
    "phenomenonTime gt 2026-01-02T00:00:00Z/2026-01-01T00:00:00Z",
    "phenomenonTime gt P1D/P2D",
    "phenomenonTime gt 'yesterday'",
    "phenomenonTime gt 25:00",
    "time(phenomenonTime) gt 25:00",
    "during(phenomenonTime, 2026-01-01T00:00:00Z)",
    "during(2026-01-01T00:00:00Z, resultTime)",
    "before(phenomenonTime)",
    "before(result, 5)",
    "phenomenonTime add duration'P999999Y' gt now()",
    "-phenomenonTime gt now()",
    "duration'P1D' mul duration'P1D' gt duration'P1D'",
]


def test_times_that_do_not_go_together_are_refused(reader: Client, spans: dict[int, Span]) -> None:
    for text in NONSENSE:
        assert reader.get(f"/Observations?$filter={text}", 400)["message"], text
