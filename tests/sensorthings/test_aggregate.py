"""Aggregates against a plain recomputation in Python, and what is refused."""

import csv
import io
import random
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sensorthings.conftest import Client, datastream, place, thing

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.aggregate import rows
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream

BERLIN = ZoneInfo("Europe/Berlin")
EVERYTHING = "count,mean,min,max,sum,stddev,first,last,p5,p50,p99.9"
ROLLED = "count,mean,min,max,sum"

Given = list[tuple[datetime, float, int]]


def day_of(at: datetime) -> Any:
    return at.date()


def week_of(at: datetime) -> Any:
    return at.isocalendar()[:2]


def month_of(at: datetime) -> Any:
    return at.year, at.month


def quarter_of(at: datetime) -> Any:
    return at.year, (at.month - 1) // 3


def year_of(at: datetime) -> Any:
    return at.year


def hour_of(at: datetime) -> Any:
    return at.date(), at.hour, at.utcoffset()


def quarter_hour_of(at: datetime) -> Any:
    return at.date(), at.hour, at.minute // 15, at.utcoffset()


def six_hours_of(at: datetime) -> Any:
    return at.date(), at.hour // 6


KEYS: dict[str, Callable[[datetime], Any]] = {
    "PT15M": quarter_hour_of,
    "PT1H": hour_of,
    "PT6H": six_hours_of,
    "P1D": day_of,
    "P1W": week_of,
    "P1M": month_of,
    "P3M": quarter_of,
    "P1Y": year_of,
}


def percentile(values: list[float], share: float) -> float:
    """Linear between the two nearest, as textbooks (and spreadsheets) have it."""
    ordered, position = sorted(values), share * (len(values) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


FIGURES: dict[str, Callable[[list[float]], Any]] = {
    "count": len,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "sum": sum,
    "stddev": lambda values: statistics.stdev(values) if len(values) > 1 else None,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
    "p5": lambda values: percentile(values, 0.05),
    "p50": lambda values: percentile(values, 0.5),
    "p99.9": lambda values: percentile(values, 0.999),
}


def expected(
    given: Given, interval: str, names: str, zone: ZoneInfo = BERLIN, worst: int = 2
) -> list[tuple[Any, dict[str, Any]]]:
    """Buckets by their key, in order, from the values themselves."""
    buckets: dict[Any, list[float]] = defaultdict(list)
    for at, value, quality in sorted(given):
        if quality <= worst:
            buckets[KEYS[interval](at.astimezone(zone))].append(value)
    return [
        (key, {name: FIGURES[name](values) for name in names.split(",")})
        for key, values in buckets.items()
    ]


def near(value: float | None) -> Any:
    """Sums of other order differ in their last digits."""
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def alike(rows: list[Any]) -> list[Any]:
    """The same without the last digits, in which sums of other order differ."""
    return [
        {key: float(f"{v:.9g}") if isinstance(v, float) else v for key, v in row.items()}
        for row in rows
    ]


def told(rows: list[Any], interval: str, names: str, zone: ZoneInfo = BERLIN) -> list[Any]:
    """What the service says, by the key of where the bucket begins."""
    return [
        (
            KEYS[interval](datetime.fromisoformat(row["start"]).astimezone(zone)),
            {name: near(row[name]) for name in names.split(",")},
        )
        for row in rows
    ]


def written(stream: int, seed: int, start: datetime, days: int, size: int) -> Given:
    """Random observations, some late, doubtful or wrong; no two at one instant."""
    rng = random.Random(seed)
    seconds = rng.sample(range(days * 86_400), size)
    given = [
        (start + timedelta(seconds=s), round(rng.gauss(12, 9), 2), rng.choice((0, 0, 0, 1, 2, 3)))
        for s in seconds
    ]
    for part in (given[: size // 2], given[size // 2 :]):
        store.write(
            [store.Observation(datastream=stream, at=a, value=v, quality=q) for a, v, q in part]
        )
    return given


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SPRING = utc("2026-03-20")
AUTUMN = utc("2026-10-20")


@pytest.mark.parametrize("start", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_figures_are_those_of_a_plain_recomputation(
    api: Client, stream: int, start: datetime
) -> None:
    given = written(stream, 7, start, 20, 400)
    for interval, names in product(KEYS, (ROLLED, EVERYTHING)):
        rows = api.all(
            f"/Datastreams({stream})/Observations?$aggregate={names}&$interval={interval}&$top=37"
        )
        assert expected(given, interval, names) == told(rows, interval, names)


def test_corrected_deleted_and_invalidated_values_are_counted_as_they_are_now(
    api: Client, stream: int
) -> None:
    given = sorted(written(stream, 11, AUTUMN, 9, 60))
    observations = api.all(f"/Datastreams({stream})/Observations?$orderby=phenomenonTime")
    for index, one in enumerate(observations[:20]):
        address = f"/Observations({one['@iot.id']})"
        if index % 3 == 0:
            assert api.ask("PATCH", address, {"result": 99.5}).status == 200
            given[index] = (given[index][0], 99.5, given[index][2])
        elif index % 3 == 1:
            moved = given[index][0] + timedelta(days=3, microseconds=1)
            body = {"phenomenonTime": moved.isoformat()}
            assert api.ask("PATCH", address, body).status == 200
            given[index] = (moved, *given[index][1:])
        else:
            assert api.ask("DELETE", address).status == 200
            given[index] = (given[index][0], 0.0, store.INVALID)
    for interval, names in product(("PT15M", "PT1H", "P1D", "P1W"), (ROLLED, EVERYTHING)):
        rows = api.get(
            f"/Datastreams({stream})/Observations?$aggregate={names}&$interval={interval}"
        )["value"]
        assert expected(given, interval, names) == told(rows, interval, names)


def test_bounds_cut_buckets_to_the_microsecond(api: Client, stream: int) -> None:
    given = sorted(written(stream, 13, SPRING, 15, 300))
    low, high = given[40][0], given[260][0]
    for interval, names in product(("PT1H", "P1D", "P1M"), (ROLLED, EVERYTHING)):
        for word, first in (("ge", 40), ("gt", 41)):
            rows = api.get(
                f"/Datastreams({stream})/Observations?$aggregate={names}&$interval={interval}"
                f"&$filter=phenomenonTime {word} {low:%Y-%m-%dT%H:%M:%SZ}"
                f" and {high:%Y-%m-%dT%H:%M:%SZ} ge phenomenonTime"
            )["value"]
            kept = given[first:261]
            assert expected(kept, interval, names) == told(rows, interval, names)


def test_other_conditions_choose_observations(api: Client, stream: int) -> None:
    given = written(stream, 17, SPRING, 10, 200)
    rows = api.get(
        f"/Datastreams({stream})/Observations?$aggregate={ROLLED}&$interval=P1D"
        "&$filter=result gt 10 and phenomenonTime lt 2026-03-28T00:00:00Z"
    )["value"]
    kept = [one for one in given if one[1] > 10 and one[0] < utc("2026-03-28")]
    assert expected(kept, "P1D", ROLLED) == told(rows, "P1D", ROLLED)


def test_suspect_values_can_be_left_out(api: Client, stream: int) -> None:
    given = written(stream, 19, SPRING, 5, 200)
    rows = api.get(
        f"/Datastreams({stream})/Observations?$aggregate={ROLLED}&$interval=P1D&$suspect=false"
    )["value"]
    assert expected(given, "P1D", ROLLED, worst=1) == told(rows, "P1D", ROLLED)


@pytest.mark.parametrize("name", ["Asia/Kolkata", "America/St_Johns"])
def test_another_zone_has_its_own_days_and_hours(api: Client, stream: int, name: str) -> None:
    given, zone = written(stream, 23, utc("2026-03-01"), 40, 200), ZoneInfo(name)
    for interval in ("PT1H", "PT6H", "P1D", "P1M"):
        rows = api.all(
            f"/Datastreams({stream})/Observations?$aggregate={ROLLED}&$interval={interval}"
            f"&$timezone={name}"
        )
        assert expected(given, interval, ROLLED, zone) == told(rows, interval, ROLLED, zone)


def test_days_of_the_clock_change_have_23_and_25_hours(api: Client, stream: int) -> None:
    for start, day, hours in ((SPRING, "2026-03-29", 23), (AUTUMN, "2026-10-25", 25)):
        store.write(
            [
                store.Observation(datastream=stream, at=start + timedelta(hours=n), value=1.0)
                for n in range(20 * 24)
            ]
        )
        (row,) = [
            one
            for one in api.get(f"/Datastreams({stream})/Observations?$interval=P1D")["value"]
            if one["start"].startswith(day)
        ]
        assert row["count"] == hours
        start_at, end_at = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
        assert end_at - start_at == timedelta(hours=hours)
        assert start_at.utcoffset() != end_at.utcoffset()


def test_pages_join_without_a_gap_in_both_directions(api: Client, stream: int) -> None:
    written(stream, 29, AUTUMN, 12, 300)
    address = f"/Datastreams({stream})/Observations?$aggregate=count,last&$interval=PT6H"
    whole = api.get(address)["value"]
    assert len(whole) > 40
    assert api.all(f"{address}&$top=7") == whole
    assert api.all(f"{address}&$top=7&$orderby=phenomenonTime desc") == whole[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_page_that_takes_long_goes_out_and_the_next_one_goes_on(
    api: Client, stream: int, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(stream, 41, AUTUMN, 12, 200)
    for names in ("count", "p50"):
        address = (
            f"/Datastreams({stream})/Observations?$aggregate={names}&$interval=PT15M"
            f"&$orderby=phenomenonTime {order}"
        )
        whole = api.get(address)["value"]
        monkeypatch.setattr(rows, "PATIENCE", 0.0)
        assert api.all(address) == whole
        monkeypatch.undo()
    monkeypatch.setattr(rows, "PATIENCE", 0.0)
    assert len(api.get(address)["value"]) < len(whole)


def test_a_page_stays_where_it_is_while_observations_come_in(api: Client, stream: int) -> None:
    written(stream, 31, AUTUMN, 12, 300)
    address = f"/Datastreams({stream})/Observations?$interval=P1D"
    whole = api.get(address)["value"]
    page = api.get(f"{address}&$top=5")
    store.write([store.Observation(datastream=stream, at=AUTUMN - timedelta(days=30), value=1.0)])
    assert alike(api.get(page["@iot.nextLink"])["value"]) == alike(whole[5:10])


def test_long_silences_are_leapt_over(api: Client, stream: int) -> None:
    for year in (1970, 1999, 2026):
        at = datetime(year, 5, 1, 12, 0, tzinfo=UTC)
        store.write([store.Observation(datastream=stream, at=at, value=float(year))])
    for order in ("", " desc"):
        address = (
            f"/Datastreams({stream})/Observations?$aggregate=mean&$interval=PT1M&$top=1"
            f"&$orderby=phenomenonTime{order}"
        )
        found = [row["mean"] for row in api.all(address)]
        assert found == sorted([1970, 1999, 2026], reverse=bool(order))


def test_gaps_are_shown_where_asked_for(api: Client, stream: int) -> None:
    for day in (2, 5):
        at = datetime(2026, 6, day, 12, tzinfo=UTC)
        store.write([store.Observation(datastream=stream, at=at, value=4.0)])
    address = (
        f"/Datastreams({stream})/Observations?$aggregate=count,mean&$interval=P1D&$gaps=true"
        "&$filter=phenomenonTime ge 2026-05-31T22:00:00Z and phenomenonTime lt 2026-06-06T22:00:00Z"
    )
    rows = api.get(address)["value"]
    assert [(row["start"][:10], row["count"], row["mean"]) for row in rows] == [
        ("2026-06-01", 0, None),
        ("2026-06-02", 1, 4.0),
        ("2026-06-03", 0, None),
        ("2026-06-04", 0, None),
        ("2026-06-05", 1, 4.0),
        ("2026-06-06", 0, None),
    ]
    assert all(a["end"] == b["start"] for a, b in pairwise(rows))
    assert api.all(f"{address}&$top=2") == rows
    assert api.all(f"{address}&$top=1&$orderby=phenomenonTime desc") == rows[::-1]
    assert len(api.get(address.replace("&$gaps=true", ""))["value"]) == 2


def test_gaps_reach_until_now_and_to_what_is_foretold(api: Client, stream: int) -> None:
    today = clock.now()
    address = f"/Datastreams({stream})/Observations?$aggregate=count&$interval=P1D&$gaps=true"
    for first, last, counts in ((-3, -3, [1, 0, 0, 0]), (-3, 2, [2, 0, 0, 0, 0, 1])):
        times = {today + timedelta(days=first), today + timedelta(days=last)}
        store.write([store.Observation(datastream=stream, at=at, value=1.0) for at in times])
        assert [row["count"] for row in api.get(address)["value"]] == counts


def test_share_is_what_was_counted_of_what_was_expected(api: Client, stream: int) -> None:
    properties = {"samplingInterval": "PT1H"}
    assert api.ask("PATCH", f"/Datastreams({stream})", {"properties": properties}).status == 200
    start = utc("2026-10-24T22:00:00")
    store.write(
        [
            store.Observation(datastream=stream, at=start + timedelta(hours=n), value=1.0)
            for n in range(10)
        ]
    )
    address = f"/Datastreams({stream})/Observations?$aggregate=share&$interval=P1D"
    (row,) = api.get(address)["value"]
    assert row["share"] == 10 / 25
    (row,) = api.get(f"{address}&$filter=phenomenonTime lt 2026-10-25T18:00:00Z")["value"]
    assert row["share"] == 10 / 20


def test_without_a_known_rate_there_is_no_share(api: Client, stream: int) -> None:
    store.write([store.Observation(datastream=stream, at=SPRING, value=1.0)])
    (row,) = api.get(f"/Datastreams({stream})/Observations?$aggregate=share,count&$interval=P1D")[
        "value"
    ]
    assert (row["share"], row["count"]) == (None, 1)


@pytest.fixture
def three(api: Client) -> list[int]:
    """Three datastreams of one thing."""
    streams = [datastream(name) for name in ("air", "ground", "water")]
    made = api.make("/Things", thing(Locations=[place()], Datastreams=streams))
    found = api.get(f"/Things({made})/Datastreams?$orderby=id")["value"]
    return [one["@iot.id"] for one in found]


def test_many_datastreams_come_one_after_the_other(api: Client, three: list[int]) -> None:
    given = {one: written(one, one, AUTUMN + timedelta(days=one % 5), 8, 90) for one in three}
    address = (
        f"/Observations?$aggregate={ROLLED}&$interval=P1D"
        f"&$filter=Datastream/id eq {three[0]} or Datastream/id eq {three[2]}"
    )
    rows = api.get(address)["value"]
    for one in (three[0], three[2]):
        own = [row for row in rows if row["Datastream@iot.id"] == one]
        assert expected(given[one], "P1D", ROLLED) == told(own, "P1D", ROLLED)
    assert [row["Datastream@iot.id"] for row in rows] == sorted(
        row["Datastream@iot.id"] for row in rows
    )
    for order in ("", " desc"):
        whole = api.get(f"{address}&$orderby=phenomenonTime{order}")["value"]
        paged = api.all(f"{address}&$top=4&$orderby=phenomenonTime{order}")
        assert alike(paged) == alike(whole)


def test_datastreams_that_do_not_fit_one_statement_are_all_there(
    api: Client, three: list[int]
) -> None:
    given = {one: written(one, one, AUTUMN, 8, 60) for one in three}
    rows = api.get(f"/Observations?$aggregate={ROLLED}&$interval=PT15M&$top=300")["value"]
    for one in three:
        own = [row for row in rows if row["Datastream@iot.id"] == one]
        assert expected(given[one], "PT15M", ROLLED) == told(own, "PT15M", ROLLED)


def test_datastreams_are_chosen_over_links(api: Client, three: list[int]) -> None:
    for one in three:
        store.write([store.Observation(datastream=one, at=SPRING, value=float(one))])
    rows = api.get(
        "/Observations?$aggregate=mean&$interval=P1D&$filter=Datastream/name eq 'ground'"
        " and Datastream/Thing/name eq 'Station' and phenomenonTime gt 2026-01-01T00:00:00Z"
    )["value"]
    assert [row["mean"] for row in rows] == [three[1]]


def test_the_answer_names_interval_zone_and_units(api: Client, stream: int) -> None:
    store.write([store.Observation(datastream=stream, at=SPRING, value=2.0)])
    found = api.get(f"/Datastreams({stream})/Observations?$interval=PT1H")
    about = found["aggregate"]
    assert (about["interval"], about["timeZone"]) == ("PT1H", "Europe/Berlin")
    assert about["Datastreams"][0]["@iot.id"] == stream
    assert about["Datastreams"][0]["unitOfMeasurement"]["symbol"] == "°C"
    assert found["value"] == [
        {
            "Datastream@iot.id": stream,
            "start": "2026-03-20T01:00:00+01:00",
            "end": "2026-03-20T02:00:00+01:00",
            "count": 1,
            "mean": 2.0,
            "min": 2.0,
            "max": 2.0,
        }
    ]


def test_data_arrays_and_csv_hold_the_same(api: Client, three: list[int]) -> None:
    for one in three:
        written(one, one, SPRING, 4, 30)
    address = (
        f"/Observations?$aggregate=count,p50&$interval=P1D&$filter=Datastream/id gt {three[0]}"
    )
    rows = api.get(address)["value"]
    flat = [(r["Datastream@iot.id"], r["start"], r["end"], r["count"], r["p50"]) for r in rows]

    arrays = api.get(f"{address}&$resultFormat=dataArray")["value"]
    assert [
        (int(one["Datastream@iot.navigationLink"].rpartition("(")[2][:-1]), *row)
        for one in arrays
        for row in one["dataArray"]
    ] == flat
    assert arrays[0]["components"] == ["start", "end", "count", "p50"]
    assert arrays[0]["dataArray@iot.count"] == len(arrays[0]["dataArray"])

    reply = api.ask("GET", f"{address}&$resultFormat=CSV&$top=3")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'rel="next"' in reply.headers["link"]
    reply = api.ask("GET", f"{address}&$resultFormat=CSV")
    lines = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert [
        (int(n["datastream"]), n["start"], n["end"], int(n["count"]), float(n["p50"]))
        for n in lines
    ] == flat
    assert {line["unit"] for line in lines} == {"°C"}


def test_results_that_are_no_numbers_are_not_counted(api: Client, stream: int) -> None:
    store.write(
        [
            store.Observation(datastream=stream, at=SPRING, other="open"),
            store.Observation(datastream=stream, at=SPRING + timedelta(hours=1), value=3.0),
        ]
    )
    for names in (ROLLED, EVERYTHING):
        (row,) = api.get(f"/Datastreams({stream})/Observations?$aggregate={names}&$interval=P1D")[
            "value"
        ]
        assert (row["count"], row["mean"]) == (1, 3.0)


def test_a_datastream_without_observations_has_no_aggregates(api: Client, stream: int) -> None:
    assert api.get(f"/Datastreams({stream})/Observations?$interval=P1D")["value"] == []


REFUSED = [
    ("$aggregate=mean", "$interval is missing"),
    ("$interval=day", "no duration"),
    ("$interval=P1DT12H", "no duration"),
    ("$interval=PT", "no duration"),
    ("$interval=PT0S", "zero"),
    ("$interval=P0D", "zero"),
    ("$interval=PT7M", "divide a day"),
    ("$interval=PT48H", "divide a day"),
    ("$interval=P1D&$aggregate=mode", "there is no 'mode'"),
    ("$interval=P1D&$aggregate=p0", "there is no 'p0'"),
    ("$interval=P1D&$aggregate=p100", "there is no 'p100'"),
    ("$interval=P1D&$aggregate=", "there is no ''"),
    ("$interval=P1D&$aggregate=mean,mean", "twice"),
    ("$interval=P1D&$interval=P1D", "twice"),
    (f"$interval=P1D&$aggregate={','.join(f'p{n}' for n in range(1, 25))}", "at most 20"),
    ("$interval=P1D&$timezone=Mars/Olympus", "time zone"),
    ("$interval=P1D&$timezone=../../etc/passwd", "time zone"),
    ("$interval=P1D&$gaps=yes", "$gaps"),
    ("$interval=P1D&$suspect=1", "$suspect"),
    ("$interval=P1D&$resultFormat=XML", "$resultFormat"),
    ("$interval=P1D&$skiptoken=abc", "$skiptoken"),
    ("$interval=P1D&$skiptoken=WzEsIjIwMjYtMDEtMDFUMDA6MDA6MDAiXQ", "$skiptoken"),
    ("$interval=P1D&$orderby=result", "$orderby"),
    ("$interval=P1D&$count=true", "fit $aggregate"),
    ("$interval=P1D&$skip=5", "fit $aggregate"),
    ("$interval=P1D&$expand=Datastream", "fit $aggregate"),
    ("$interval=P1D&$select=result", "fit $aggregate"),
    ("$interval=P1D&$filter=nonsense eq 1", "nonsense"),
]


def test_what_does_not_fit_is_refused_with_a_reason(api: Client, stream: int) -> None:
    store.write([store.Observation(datastream=stream, at=SPRING, value=1.0)])
    for query, part in REFUSED:
        reply = api.ask("GET", f"/Datastreams({stream})/Observations?{query}")
        assert (reply.status, query) == (400, query)
        assert part in reply.json["message"]


def test_only_observations_of_datastreams_are_summed_up(api: Client, stream: int) -> None:
    assert api.ask("GET", "/Datastreams(999999)/Observations?$interval=P1D").status == 404
    made = api.make(
        f"/Datastreams({stream})/Observations",
        {"result": 1, "phenomenonTime": "2026-01-01T00:00:00Z"},
    )
    feature = api.get(f"/Observations({made})/FeatureOfInterest")["@iot.id"]
    reply = api.ask("GET", f"/FeaturesOfInterest({feature})/Observations?$interval=P1D")
    assert reply.status == 400
    assert "Datastreams(1)/Observations" in reply.json["message"]
    assert api.ask("GET", "/Things?$interval=P1D").status == 400


def test_more_than_a_hundred_datastreams_are_refused(api: Client) -> None:
    made = api.make("/Things", thing(Datastreams=[datastream(str(n)) for n in range(101)]))
    reply = api.ask("GET", "/Observations?$interval=P1D")
    assert reply.status == 400
    assert "more than 100 datastreams" in reply.json["message"]
    assert (
        api.get(
            f"/Observations?$interval=P1D&$filter=Datastream/Thing/id eq {made}"
            " and Datastream/name ne '7'"
        )["value"]
        == []
    )


def test_a_wide_range_and_the_calendars_ends_are_no_error(api: Client, stream: int) -> None:
    store.write([store.Observation(datastream=stream, at=SPRING, value=1.0)])
    for interval in ("PT1S", "PT1H", "P1D", "P9999D", "P1M", "P9999Y"):
        for more in ("", "&$gaps=true", "&$gaps=true&$orderby=phenomenonTime desc"):
            reply = api.ask(
                "GET",
                f"/Datastreams({stream})/Observations?$interval={interval}&$top=3{more}"
                "&$filter=phenomenonTime ge 0001-01-01T00:00:00Z"
                " and phenomenonTime le 9999-12-31T23:59:59Z",
            )
            assert reply.status == 200, reply.body


def test_lists_of_datastreams_and_words_of_any_case_are_understood(
    api: Client, three: list[int]
) -> None:
    for one in three:
        store.write([store.Observation(datastream=one, at=SPRING, value=float(one))])
    rows = api.get(
        f"/Observations?$AGGREGATE=mean&$interval=P1D&$filter=Datastream/id in ({three[0]},{three[2]})"
    )["value"]
    assert [row["mean"] for row in rows] == [three[0], three[2]]


def test_private_datastreams_are_summed_up_for_those_who_may_see_them(
    api: Client, reader: Client, three: list[int]
) -> None:
    for one in three:
        store.write([store.Observation(datastream=one, at=SPRING, value=float(one))])
    Datastream.objects.filter(pk=three[1]).update(public=False)
    everything = "/Observations?$aggregate=mean&$interval=P1D"
    alone = f"/Datastreams({three[1]}){everything}"
    assert [row["mean"] for row in reader.get(everything)["value"]] == [three[0], three[2]]
    assert reader.ask("GET", alone).status == 404
    assert [row["mean"] for row in api.get(everything)["value"]] == three
    assert [row["mean"] for row in api.get(alone)["value"]] == [three[1]]
    named = f"{everything}&$filter=Datastream/id eq {three[1]}"
    assert reader.get(named)["value"] == []


def test_sums_kept_by_the_store_and_observations_give_the_same(api: Client, stream: int) -> None:
    """A condition that is always true takes the other way to the same figures."""
    written(stream, 37, AUTUMN, 10, 300)
    for interval in ("PT1H", "P1D", "P1W", "P1M"):
        address = f"/Datastreams({stream})/Observations?$aggregate={ROLLED}&$interval={interval}"
        kept = api.get(address)["value"]
        counted = api.get(f"{address}&$filter=result lt 1000000")["value"]
        assert told(kept, interval, ROLLED) == _plain(counted, interval)


def _plain(rows: list[Any], interval: str) -> list[Any]:
    names = ROLLED.split(",")
    return [
        (
            KEYS[interval](datetime.fromisoformat(row["start"]).astimezone(BERLIN)),
            {name: row[name] for name in names},
        )
        for row in rows
    ]
