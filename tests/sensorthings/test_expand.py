"""What is expanded, against a plain recomputation; and in how many statements."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from stadtkern.kernel.sensorthings import run, work
from stadtkern.kernel.sensorthings.plan import page
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
    fetch = run.fetch

    async def counted(one: Any, statement: Any) -> Any:
        sent.append(statement.sql)
        return await fetch(one, statement)

    monkeypatch.setattr(run, "fetch", counted)
    return sent


EXPANDS = [
    "Datastreams",
    "Datastreams($expand=Observations($orderby=phenomenonTime desc;$top=1),Sensor),Locations",
    "Datastreams/Observations,HistoricalLocations,Datastreams/ObservedProperty",
    "Datastreams($top=3;$expand=Thing/Datastreams($top=3;$expand=Thing/Datastreams($top=3;"
    "$expand=Observations($top=3;$expand=Datastream/Sensor))))",
    "*",
]


def test_a_page_takes_as_many_statements_however_many_rows_it_has(
    reader: Client, statements: list[str]
) -> None:
    taken: list[list[int]] = []
    for things in (2, 9):
        city(things, 2, 2)
        taken.append([])
        for expand in EXPANDS:
            statements.clear()
            assert len(reader.get(f"/Things?$expand={expand}")["value"]) >= things
            taken[-1].append(len(statements))
    assert taken[0] == taken[1]
    assert max(taken[0]) <= 2


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


# How far the list has come, where that is not the number after `$top=`.
SKIPPED = {"$top=2;$skip=1;$orderby=phenomenonTime desc": 3}


def links(one: dict[str, Any]) -> dict[str, str]:
    """What an observation that is expanded does not show: the addresses of its links."""
    ways = ("Datastream", "FeatureOfInterest")
    return {f"{way}@iot.navigationLink": f"{one['@iot.selfLink']}/{way}" for way in ways}


@pytest.mark.parametrize(
    "options",
    [
        "$top=3",
        "$top=3;$orderby=result desc",
        "$top=2;$skip=1;$orderby=phenomenonTime desc",
        "$top=1;$orderby=phenomenonTime desc",
        "$top=3;$orderby=concat(Datastream/name,'>>>>>>??????')",
        "$top=2;$orderby=result mod 3,Datastream/name desc,result desc;$filter=result ge 2",
    ],
)
def test_the_link_goes_on_behind_the_last_one_shown(reader: Client, options: str) -> None:
    """By its keys, so that what comes in meanwhile neither repeats nor hides anything."""
    made = city(2, 1, 7)
    shown = reader.get(f"/Datastreams?$expand=Observations({options})")["value"]
    whole = {
        stream["@iot.id"]: reader.get(
            f"/Datastreams({stream['@iot.id']})/Observations?"
            + options.replace(";", "&").replace(options.split(";")[0], "$top=100")
        )["value"]
        for stream in shown
    }
    for number in whole:
        early = START - timedelta(days=1)
        store.write([store.Observation(datastream=number, at=early, value=-1.0)])
    for stream in shown:
        link = stream["Observations@iot.nextLink"]
        assert f"$skip={SKIPPED.get(options, int(options[5]))}&$skiptoken=" in unquote(link)
        rest = [one for one in reader.all(link) if one["result"] >= 0]
        found = [{**one, **links(one)} for one in stream["Observations"]]
        assert found + rest == whole[stream["@iot.id"]]
    assert len(whole) == len(made)


def test_the_link_repeats_the_filter_as_it_was_written(reader: Client) -> None:
    """Keys of JSON keep their form: with other spaces they would be something else."""
    city(1, 3, 1)
    key = {"3d": 1, "a b": {"dct:title": ["x"]}}
    Datastream.objects.update(properties=key)
    text = (
        "properties/3d eq 1 and properties/'a b'/dct:title[0] eq 'x'"
        " and Observations/any(o:o/result ge 0) and -id lt 0"
    )
    (thing,) = reader.get(f"/Things?$expand=Datastreams($top=1;$filter={text})")["value"]
    rest = reader.all(thing["Datastreams@iot.nextLink"])
    assert [one["name"] for one in [*thing["Datastreams"], *rest]] == ["D0.0", "D0.1", "D0.2"]


def test_what_is_expanded_keeps_its_address_and_shows_further_ones_where_selected(
    reader: Client,
) -> None:
    """As the suites of OGC and FROST-Server ask: every link at the top, below only what is named."""
    city(1, 1, 1)
    (thing,) = reader.get("/Things?$expand=Datastreams($expand=Sensor)")["value"]
    for link in ("Datastreams", "Locations", "HistoricalLocations", "MultiDatastreams"):
        address = f"{thing['@iot.selfLink']}/{link}"
        assert thing[f"{link}@iot.navigationLink"] == address
    (stream,) = thing["Datastreams"]
    assert not [key for one in (stream, stream["Sensor"]) for key in one if "navigation" in key]
    query = "$select=name,Datastreams&$expand=Datastreams($select=name,Sensor;$expand=Sensor)"
    (thing,) = reader.get(f"/Things?{query}")["value"]
    assert thing.keys() == {"name", "Datastreams@iot.navigationLink", "Datastreams"}
    assert thing["Datastreams"][0].keys() == {"name", "Sensor@iot.navigationLink", "Sensor"}
    (bare,) = reader.get("/Things?$select=name&$expand=Datastreams($select=name)")["value"]
    assert bare.keys() == {"name", "Datastreams"}


def test_a_star_expands_every_link(reader: Client) -> None:
    made = city(1, 2, 3)
    (thing,) = reader.get("/Things?$expand=*($top=1;$select=id),Locations($select=name)")["value"]
    assert set(thing) >= {"Datastreams", "HistoricalLocations", "Locations", "MultiDatastreams"}
    assert len(thing["Datastreams"]) == 1
    rest = reader.all(thing["Datastreams@iot.nextLink"])
    streams = [one["@iot.id"] for one in [*thing["Datastreams"], *rest]]
    assert streams == list(made[thing["@iot.id"]])
    stream = reader.get(f"/Datastreams({streams[0]})?$expand=*/*")
    assert stream["Thing"]["Datastreams"][0]["@iot.id"] == streams[0]
    assert stream["Observations"][0]["Datastream"]["@iot.id"] == streams[0]
    assert "'x'" in reader.get("/Things?$expand=*/x", 400)["message"]


def size(entity: Any) -> int:
    """How many entities there are in an answer."""
    if isinstance(entity, list):
        return sum(map(size, entity))
    if not isinstance(entity, dict):
        return 0
    return ("@iot.id" in entity) + sum(map(size, entity.values()))


@pytest.mark.parametrize("most", [5, 20, 60, 400])
def test_a_deep_expand_shrinks_its_pages_until_it_fits(
    reader: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    made = city(4, 3, 5)
    monkeypatch.setattr(page, "MOST_IN_ALL", most)
    monkeypatch.setattr(work, "_kept", OrderedDict())
    for expand in (
        "Datastreams/Observations",
        "Datastreams/Thing/Datastreams/Observations",
        "Datastreams($expand=Observations,Thing/Datastreams),HistoricalLocations",
    ):
        first = reader.get(f"/Things?$expand={expand}")
        # One of each level is always shown.
        assert size(first) <= most + 4
        assert [one["@iot.id"] for one in reader.all(f"/Things?$expand={expand}")] == list(made)
        single = reader.get(f"/Things({next(iter(made))})?$expand={expand}")
        assert size(single) <= most + 4
    values = {
        stream["@iot.id"]: [
            one["result"]
            for one in [
                *stream["Observations"],
                *reader.all(stream.get("Observations@iot.nextLink", "")),
            ]
        ]
        for stream in reader.all("/Datastreams?$expand=Observations")
    }
    assert values == {
        number: found for streams in made.values() for number, found in streams.items()
    }


def test_an_empty_list_and_a_missing_one_are_shown_as_such(api: Client) -> None:
    thing = api.make("/Things", {"name": "bare", "description": ""})
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
