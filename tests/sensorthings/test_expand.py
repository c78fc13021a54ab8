"""What is expanded, against a plain recomputation; and in how many statements."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from stadtkern.kernel.sensorthings import run
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 2, 1, tzinfo=UTC)


def city(things: int, streams: int, observations: int) -> dict[int, dict[int, list[float]]]:
    """By thing and datastream the results in the order of their times."""
    sensor = Sensor.objects.create(name="s")
    observed = ObservedProperty.objects.create(name="p")
    made: dict[int, dict[int, list[float]]] = {}
    for n in range(things):
        thing = Thing.objects.create(name=f"T{n}")
        made[thing.pk] = {}
        for m in range(streams):
            stream = Datastream.objects.create(
                name=f"D{n}.{m}", thing=thing, sensor=sensor, observed_property=observed
            )
            values = [float((n * 7 + m * 3 + k * 5) % 11) for k in range(observations)]
            # Written in another order than they were measured in.
            store.write(
                [
                    store.Observation(datastream=stream.pk, at=START + timedelta(hours=k), value=v)
                    for k, v in reversed(list(enumerate(values)))
                ]
            )
            made[thing.pk][stream.pk] = values
    return made


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    fetch = run._fetch

    async def counted(one: Any, statement: Any) -> Any:
        sent.append(statement.sql)
        return await fetch(one, statement)

    monkeypatch.setattr(run, "_fetch", counted)
    return sent


@pytest.mark.parametrize("size", [2, 9])
@pytest.mark.parametrize(
    "expand",
    [
        "Datastreams",
        "Datastreams($expand=Observations($orderby=phenomenonTime desc;$top=1),Sensor),Locations",
        "Datastreams/Observations,HistoricalLocations,Datastreams/ObservedProperty",
    ],
)
def test_a_page_takes_one_statement_however_many_rows_it_has(
    reader: Client, statements: list[str], size: int, expand: str
) -> None:
    city(size, 2, 2)
    assert len(reader.get(f"/Things?$expand={expand}")["value"]) == size
    assert len(statements) == 1


def test_three_levels_hold_what_was_stored(reader: Client) -> None:
    made = city(3, 2, 5)
    got = reader.get("/Things?$expand=Datastreams($expand=Observations($select=result))")["value"]
    found = {
        thing["@iot.id"]: {
            stream["@iot.id"]: [o["result"] for o in stream["Observations"]]
            for stream in thing["Datastreams"]
        }
        for thing in got
    }
    assert found == made


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("$orderby=phenomenonTime desc;$top=1", lambda v: v[-1:]),
        ("$orderby=phenomenonTime desc;$top=3", lambda v: v[::-1][:3]),
        ("$orderby=result desc;$top=2", lambda v: sorted(v, reverse=True)[:2]),
        ("$filter=result gt 4", lambda v: [x for x in v if x > 4]),
        ("$skip=2;$top=2", lambda v: v[2:4]),
        ("$top=0", lambda v: []),
        (
            "$filter=result gt 4;$orderby=phenomenonTime desc;$top=1",
            lambda v: [x for x in v if x > 4][-1:],
        ),
    ],
)
def test_options_inside_an_expand_work_as_outside(
    reader: Client, options: str, expected: Any
) -> None:
    made = city(2, 3, 6)
    got = reader.get(f"/Datastreams?$expand=Observations({options};$count=true)")["value"]
    for stream in got:
        values = next(d[stream["@iot.id"]] for d in made.values() if stream["@iot.id"] in d)
        assert [o["result"] for o in stream["Observations"]] == expected(values)
        over = [x for x in values if x > 4] if "filter" in options else values
        assert stream["Observations@iot.count"] == len(over)


def test_the_rest_of_a_long_list_is_behind_its_own_link(reader: Client) -> None:
    made = city(2, 1, 7)
    for address in (
        "/Datastreams?$expand=Observations($top=3;$select=result)",
        "/Datastreams?$expand=Observations($top=3;$filter=result ge 0;$expand=FeatureOfInterest)",
    ):
        for stream in reader.get(address)["value"]:
            rest = reader.all(stream["Observations@iot.nextLink"])
            values = [o["result"] for o in stream["Observations"] + rest]
            assert values == next(
                d[stream["@iot.id"]] for d in made.values() if stream["@iot.id"] in d
            )
    link = reader.get("/Datastreams?$expand=Observations($top=3;$expand=Datastream)")["value"][0]
    assert "$expand=Datastream" in unquote(link["Observations@iot.nextLink"])


def test_the_newest_observation_is_right_with_and_without_the_shortcut(reader: Client) -> None:
    city(2, 2, 4)
    newest = "$orderby=phenomenonTime desc;$top=1"
    short = reader.get(f"/Datastreams?$expand=Observations({newest})")["value"]
    long = reader.get(f"/Datastreams?$expand=Observations({newest};$filter=id gt 0)")["value"]
    for one, other in zip(short, long, strict=True):
        assert one["Observations"] == other["Observations"]
        assert (
            reader.get(one["Observations@iot.nextLink"])["value"][0]["result"]
            == (reader.get(other["Observations@iot.nextLink"])["value"][0]["result"])
        )


def test_an_empty_list_and_a_missing_one_are_shown_as_such(api: Client) -> None:
    thing = api.make("/Things", {"name": "bare"})
    got = api.get(f"/Things({thing})?$expand=Datastreams,Locations($count=true)")
    assert (got["Datastreams"], got["Locations"], got["Locations@iot.count"]) == ([], [], 0)


def test_an_observation_that_names_no_feature_has_that_of_its_place(
    api: Client, stream: int
) -> None:
    store.write([store.Observation(datastream=stream, at=START, value=1)])
    (one,) = api.get("/Observations?$expand=FeatureOfInterest")["value"]
    feature = one["FeatureOfInterest"]["@iot.id"]
    assert one["FeatureOfInterest"]["name"] == "Market"
    (back,) = api.get(f"/FeaturesOfInterest({feature})/Observations")["value"]
    assert back["@iot.id"] == one["@iot.id"]
