"""Updates received over MQTT (18-088, clause 13.3) from the embedded broker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from sensorthings.mqtt_town import Program, Town, database, embedded, eventually

from stadtkern.kernel.sensorthings.live import feed

Api = Any


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with django_db_blocker.unblock(), embedded(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture
def town(api: Api, running: Town) -> Iterator[Town]:
    yield running
    running.empty()


@pytest.fixture
def listener(town: Town, key: str) -> Program:
    return town.program(key)


def observe(api: Api, stream: int, *results: Any) -> list[int]:
    return [api.make(f"/Datastreams({stream})/Observations", {"result": one}) for one in results]


def hear_all(listener: Program, wanted: dict[str, Any]) -> None:
    """Before it, what was committed right before the subscription may come too."""
    heard: dict[str, Any] = {}
    while heard != wanted:
        heard |= [listener.next()]


def test_a_new_observation_is_heard_as_get_gives_it(
    listener: Program, api: Api, stream: int
) -> None:
    """18-088, 13.3.1: under every collection that it has come into."""
    thing = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    (before,) = observe(api, stream, 20)
    feature = api.get(f"/Observations({before})/FeatureOfInterest")["@iot.id"]
    topics = [
        "v1.1/Observations",
        f"v1.1/Datastreams({stream})/Observations",
        f"v1.1/Things({thing})/Datastreams({stream})/Observations",
        f"v1.1/FeaturesOfInterest({feature})/Observations",
    ]
    assert listener.subscribe(*topics, f"v1.1/Datastreams({stream + 1})/Observations") == [1] * 5
    (made,) = observe(api, stream, 21.5)
    hear_all(listener, dict.fromkeys(topics, api.get(f"/Observations({made})")))
    assert listener.nothing()


def test_who_comes_when_nobody_has_listened_for_long_hears_what_is_new(
    town: Town, listener: Program, api: Api, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "NAP", 0.3)
    listener.subscribe("v1.1/Things")
    listener.unsubscribe("v1.1/Things")
    # It falls asleep over something that nobody wants, some time after the last question.
    assert eventually(lambda: observe(api, stream, 0) and town.publisher.asleep)
    listener.subscribe("v1.1/Observations?$select=result")
    observe(api, stream, 3, 4)
    heard: list[int] = []
    while heard[-2:] != [3, 4]:  # the last 0, from right before, may come too
        heard.append(listener.next()[1]["result"])
    assert set(heard[:-2]) <= {0}
    assert listener.nothing()


def test_select_expand_and_filter_shape_what_is_heard(
    listener: Program, api: Api, stream: int
) -> None:
    selected = f"v1.1/Datastreams({stream})/Observations?$select=result,phenomenonTime"
    expanded = "v1.1/Observations?$expand=Datastream($select=name)&$select=result"
    filtered = "v1.1/Observations?$filter=result gt 10&$select=result"
    listener.subscribe(selected, expanded, filtered)
    first, _ = observe(api, stream, 20, 5)
    heard = [listener.next() for _ in range(5)]
    time = api.get(f"/Observations({first})")["phenomenonTime"]
    assert (selected, {"result": 20, "phenomenonTime": time}) in heard
    assert (expanded, {"result": 5, "Datastream": {"name": "Air temperature"}}) in heard
    assert [said for topic, said in heard if topic == filtered] == [{"result": 20}]


def test_a_corrected_observation_is_heard_again(listener: Program, api: Api, stream: int) -> None:
    (made,) = observe(api, stream, 1)
    topics = [f"v1.1/Datastreams({stream})/Observations", f"v1.1/Observations({made})/result"]
    listener.subscribe(*topics)
    assert api.ask("PATCH", f"/Observations({made})", {"result": 2}).status == 200
    hear_all(listener, {topics[0]: api.get(f"/Observations({made})"), topics[1]: {"result": 2}})


def test_a_correction_that_moves_to_another_month_is_heard(
    listener: Program, api: Api, stream: int
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select things_partition(now()), things_partition(now() - interval '1 year')"
        )
    (made,) = observe(api, stream, 1)
    listener.subscribe(f"v1.1/Datastreams({stream})/Observations")
    year_ago = {"phenomenonTime": f"{datetime.now(UTC) - timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}"}
    assert api.ask("PATCH", f"/Observations({made})", year_ago).status == 200
    heard = listener.next()[1]
    assert heard == api.get(f"/Observations({made})")
    assert heard["phenomenonTime"] == year_ago["phenomenonTime"]


def test_entities_are_heard_in_their_sets_and_by_themselves(
    listener: Program, api: Api, stream: int
) -> None:
    thing = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    topics = ["v1.1/Things", f"v1.1/Things({thing})", f"v1.1/Datastreams({stream})/Thing"]
    listener.subscribe(*topics, "v1.1/Locations")
    assert api.ask("PATCH", f"/Things({thing})", {"description": "moved"}).status == 200
    heard = dict(listener.next() for _ in topics)
    assert heard == dict.fromkeys(topics, api.get(f"/Things({thing})"))
    other = api.make("/Things", {"name": "New", "description": "d", "properties": {"a": 1}})
    assert listener.next() == ("v1.1/Things", api.get(f"/Things({other})"))
    assert listener.nothing()


def test_a_property_is_heard_only_when_it_has_changed(
    listener: Program, api: Api, stream: int
) -> None:
    unit, name = f"v1.1/Datastreams({stream})/unitOfMeasurement", f"v1.1/Datastreams({stream})/name"
    listener.subscribe(unit, name)
    kelvin = {"name": "kelvin", "symbol": "K", "definition": "ucum:K"}
    for change in ({"description": "x"}, {"unitOfMeasurement": kelvin}, {"name": "T"}):
        assert api.ask("PATCH", f"/Datastreams({stream})", change).status == 200
    heard = dict(listener.next() for _ in range(2))
    assert heard == {unit: {"unitOfMeasurement": kelvin}, name: {"name": "T"}}
    assert listener.nothing()


def test_properties_of_an_observation_are_heard_each_by_itself(
    listener: Program, api: Api, stream: int
) -> None:
    (made,) = observe(api, stream, 1)
    way = f"v1.1/Observations({made})"
    listener.subscribe(*(f"{way}/{one}" for one in ("validTime", "resultQuality", "parameters")))
    for change in ({"parameters": {"a": 1}}, {"resultQuality": "good"}, {"parameters": {}}):
        assert api.ask("PATCH", f"/Observations({made})", change).status == 200
        (name,) = change
        assert listener.next() == (f"{way}/{name}", change)
    assert listener.nothing()


def test_a_multi_datastream_has_topics_of_its_own(listener: Program, api: Api, stream: int) -> None:
    thing = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    kind = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    unit = {"name": "m/s", "symbol": "m/s", "definition": "ucum:m/s"}
    prop = {"name": "p", "definition": "http://example.org/p", "description": "p"}
    multi = api.make(
        f"/Things({thing})/MultiDatastreams",
        {
            "name": "Wind",
            "description": "speed and gust",
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
            "OM_ComplexObservation",
            "multiObservationDataTypes": [kind, kind],
            "unitOfMeasurements": [unit, unit],
            "ObservedProperties": [prop, {**prop, "name": "q"}],
            "Sensor": {"name": "s", "description": "s", "encodingType": "x", "metadata": "m"},
        },
    )
    topic = f"v1.1/MultiDatastreams({multi})/Observations"
    listener.subscribe(topic, f"v1.1/Datastreams({multi})/Observations")
    made = api.make(f"/MultiDatastreams({multi})/Observations", {"result": [3.5, 7]})
    assert listener.next() == (topic, api.get(f"/Observations({made})"))
    assert listener.nothing()


def test_what_is_not_public_is_not_published(listener: Program, api: Api, stream: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update things_datastream set public = false where id = %s", [stream])
    listener.subscribe("v1.1/Observations", f"v1.1/Datastreams({stream})/Observations")
    listener.subscribe("v1.1/Datastreams", f"v1.1/Datastreams({stream})/name")
    observe(api, stream, 1)
    assert api.ask("PATCH", f"/Datastreams({stream})", {"name": "hidden"}).status == 200
    assert listener.nothing(0.5)


def test_nothing_of_a_burst_is_lost(town: Town, listener: Program, key: str, stream: int) -> None:
    topic = f"v1.1/Datastreams({stream})/Observations?$select=result"
    listener.subscribe(topic)
    program = town.program(key)
    for number in range(1000):
        program.post(f"v1.1/Datastreams({stream})/Observations", {"result": number})
    heard = [listener.next()[1]["result"] for _ in range(1000)]
    assert sorted(heard) == list(range(1000))
    assert listener.nothing()


def test_it_goes_on_after_the_broker_was_killed(
    town: Town, listener: Program, api: Api, stream: int
) -> None:
    topic = f"v1.1/Datastreams({stream})/Observations?$select=result"
    listener.subscribe(topic)
    town.kill_broker()
    assert listener.gone.get(timeout=30)
    observe(api, stream, 1)  # while there is none
    town.start_broker()
    assert listener.granted.get(timeout=30) == [1]
    observe(api, stream, 2)
    assert [listener.next()[1]["result"] for _ in range(2)] == [1, 2]
    assert listener.nothing()


def test_it_goes_on_after_the_database_connections_were_cut(
    listener: Program, api: Api, stream: int
) -> None:
    listener.subscribe("v1.1/Observations?$select=result")
    with psycopg.connect(database(), autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'stadtkern-publisher'"
        )
    observe(api, stream, 1, 2)
    assert [listener.next()[1]["result"] for _ in range(2)] == [1, 2]
    assert listener.nothing()


def test_of_two_publishers_one_publishes_and_the_other_takes_over(
    town: Town, listener: Program, api: Api, stream: int
) -> None:
    listener.subscribe("v1.1/Observations?$select=result")
    first = town.publisher
    town.start_publisher()  # of a second ingest process
    observe(api, stream, 1)
    assert listener.next()[1] == {"result": 1}
    assert listener.nothing()
    first.__exit__()
    observe(api, stream, 2)
    assert listener.next()[1] == {"result": 2}
    assert listener.nothing()


def test_what_is_stored_while_nobody_publishes_is_told_afterwards(
    town: Town, listener: Program, api: Api, stream: int
) -> None:
    listener.subscribe("v1.1/Observations?$select=result", f"v1.1/Datastreams({stream})/name")
    observe(api, stream, 1)
    assert listener.next()[1] == {"result": 1}
    town.publisher.__exit__()
    observe(api, stream, 2, 3)
    assert api.ask("PATCH", f"/Datastreams({stream})", {"name": "T"}).status == 200
    town.start_publisher()
    heard = [listener.next()[1] for _ in range(3)]
    assert sorted(heard, key=str) == [{"name": "T"}, {"result": 2}, {"result": 3}]
    assert listener.nothing()


def test_a_wildcard_hears_each_datastream_once(listener: Program, api: Api, stream: int) -> None:
    listener.subscribe("v1.1/+/Observations")
    (made,) = observe(api, stream, 1)
    topic = f"v1.1/Datastreams({stream})/Observations"
    assert listener.next() == (topic, api.get(f"/Observations({made})"))
    assert listener.nothing()


def test_a_session_that_lasts_gets_what_came_meanwhile(
    town: Town, key: str, api: Api, stream: int
) -> None:
    lasting = {"client_id": "board", "clean_session": False}
    board = town.program(key, **lasting)
    board.subscribe("v1.1/Observations?$select=result")
    board.close()
    observe(api, stream, 1, 2)
    town.programs.remove(board)
    back = town.program(key, **lasting)
    assert [back.next()[1]["result"] for _ in range(2)] == [1, 2]
    town.program(key, client_id="board")  # which ends the session
