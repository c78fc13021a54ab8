"""CreateObservations: many observations in one request, answered row by row."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel.people.models import ApiKey
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import HERNE, SENSOR, TEMPERATURE, Client, Reply, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(minute: int) -> str:
    return (START + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")


def group(stream: int, rows: list[Any], components: Any = ("phenomenonTime", "result")) -> Any:
    return {"Datastream": {"@iot.id": stream}, "components": list(components), "dataArray": rows}


def post(api: Client, body: Any, **headers: str) -> list[str]:
    reply = api.ask("POST", "/CreateObservations", body, **headers)
    assert reply.status == 201, reply.body
    found: list[str] = reply.json
    return found


def results(api: Client, stream: int) -> list[Any]:
    found = api.all(f"/Datastreams({stream})/Observations?$orderby=phenomenonTime,id&$top=1000")
    return [one["result"] for one in found]


def two_streams(api: Client) -> tuple[int, int]:
    made = api.make(
        "/Things", thing(Locations=[place()], Datastreams=[datastream("a"), datastream("b")])
    )
    first, second = api.get(f"/Things({made})/Datastreams")["value"]
    return first["@iot.id"], second["@iot.id"]


def test_the_addresses_come_in_the_order_of_the_rows(api: Client) -> None:
    one, two = two_streams(api)
    links = post(
        api,
        [group(one, [[at(2), 20], [at(1), 10]]), group(two, [[at(1), "open"], [at(0), [1, 2]]])],
    )
    assert [api.get(link)["result"] for link in links] == [20, 10, "open", [1, 2]]
    assert [api.get(f"{link}/Datastream")["@iot.id"] for link in links] == [one, one, two, two]
    assert api.get(f"{links[0]}/FeatureOfInterest")["name"] == "Market"


def test_every_property_may_be_a_component(api: Client, stream: int) -> None:
    feature = api.make(
        "/FeaturesOfInterest",
        {"name": "f", "description": "", "encodingType": "application/geo+json", "feature": HERNE},
    )
    whole = {
        "phenomenonTime": f"{at(0)}/{at(5)}",
        "result": 7.5,
        "resultTime": at(6),
        "resultQuality": "suspect",
        "validTime": f"{at(0)}/{at(9)}",
        "parameters": {"by": "hand", "Straße": "Ü"},
        "FeatureOfInterest/id": feature,
    }
    (link,) = post(api, [group(stream, [list(whole.values())], whole)])
    made = api.get(f"{link}?$expand=FeatureOfInterest")
    assert made["FeatureOfInterest"]["@iot.id"] == feature
    alone = api.make(
        f"/Datastreams({stream})/Observations",
        {
            **{k: v for k, v in whole.items() if "/" not in k},
            "FeatureOfInterest": {"@iot.id": feature},
        },
    )
    names = [name for name in whole if "/" not in name]
    again = api.get(f"/Observations({alone})")
    assert [made[name] for name in names] == [again[name] for name in names]
    assert (made["result"], made["parameters"]) == (7.5, whole["parameters"])


def test_a_bad_row_is_an_error_and_takes_no_other_along(api: Client, stream: int) -> None:
    rows = [
        [at(0), 0], ["yesterday", 1], [at(2), 2], [at(3)], [at(4), 1e300], "row", [at(6), "\u0000"],
        [f"{at(9)}/{at(8)}", 7], [at(8), 8],
    ]  # fmt: skip
    links = post(api, [group(stream, rows)])
    assert [n for n, link in enumerate(links) if link != "error"] == [0, 2, 8]
    assert results(api, stream) == [0, 2, 8]
    told = post(api, [group(stream, rows[:5])], prefer="problems")
    assert told[1].startswith("error: Observation.phenomenonTime")
    assert "list of 2 values" in told[3]
    assert "out of range" in told[4]
    assert told[0].startswith("http://testserver/")


def test_what_leads_nowhere_is_an_error_row_by_row(api: Client, stream: int) -> None:
    body = [
        group(2**40, [[at(0), 1], [at(1), 2]]),
        group(stream, [[at(0), 3, 2**40], [at(1), 4, None]],
              ["phenomenonTime", "result", "FeatureOfInterest/id"]),
    ]  # fmt: skip
    told = post(api, body, prefer="problems")
    assert [one.startswith("error: there is no ") for one in told] == [True, True, True, False]
    assert results(api, stream) == [4]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "list of data arrays"),
        ([1], "JSON object"),
        ([{"components": ["result"], "dataArray": [[1]]}], "needs a Datastream"),
        ([{"Datastream": {"@iot.id": 1}, "components": ["result"]}], "'dataArray'"),
        ([{"Datastream": {}, "components": ["result"], "dataArray": [[1]]}], "a link such as"),
        ([group(1, [[1]], ["reslut"])], "no component 'reslut'"),
        ([group(1, [[1]], [{}])], "no component"),
    ],
)
def test_what_is_no_data_array_is_a_400_that_says_where(api: Client, body: Any, where: str) -> None:
    reply = api.ask("POST", "/CreateObservations", body)
    assert reply.status == 400, reply.body
    assert where in reply.json["message"]


def test_only_a_valid_key_writes_and_only_by_post(api: Client, stream: int) -> None:
    body = [group(stream, [[at(0), 1]])]
    assert api.ask("GET", "/CreateObservations").status == 405
    assert api.ask("POST", "/CreateObservations", raw=b"[").status == 400
    assert api.ask("POST", "/CreateObservations", body, content_type="text/csv").status == 415
    ApiKey.objects.update(revoked=START)
    assert api.ask("POST", "/CreateObservations", body).status == 401
    assert not results(Client(loop=api.loop), stream)


def test_one_per_instant_answers_what_is_there_already(api: Client, stream: int) -> None:
    Datastream.objects.update(one_per_instant=True)
    (first,) = post(api, [group(stream, [[at(0), 1]])])
    links = post(api, [group(stream, [[at(0), 1], [at(0), 2], [at(1), 3], [at(1), 3]])])
    assert links[0] == first
    assert links[1] == "error"
    assert links[2] == links[3]
    assert results(api, stream) == [1, 3]


def test_the_same_request_with_its_key_again_changes_nothing(api: Client, stream: int) -> None:
    body = [group(stream, [[at(0), 1], ["never", 2], [at(2), 3]])]
    first = post(api, body, idempotency_key="once")
    assert post(api, body, idempotency_key="once") == first
    assert results(api, stream) == [1, 3]
    other = api.ask("POST", "/CreateObservations", body[:0], idempotency_key="once")
    assert other.status == 422


def test_multidatastreams_take_a_list_as_long_as_their_components(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[place()]))
    unit = {"name": "n", "symbol": "s", "definition": "d"}
    number = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    made = api.make(
        f"/Things({owner})/MultiDatastreams",
        {
            "name": "wind", "description": "d", "Sensor": SENSOR,
            "ObservedProperties": [TEMPERATURE, {**TEMPERATURE, "name": "Speed"}],
            "unitOfMeasurements": [unit, unit], "multiObservationDataTypes": [number, number],
        },
    )  # fmt: skip
    rows = [[at(0), [1, 2]], [at(1), [1]], [at(2), 5], [at(3), [3, None]]]
    body = {"MultiDatastream": {"@iot.id": made}, "components": ["phenomenonTime", "result"]}
    links = post(api, [{**body, "dataArray": rows}, group(made, [[at(0), 1]])])
    assert [link != "error" for link in links] == [True, False, False, True, False]
    assert api.get(links[3])["result"] == [3, None]


def test_what_somebody_listens_to_is_queued_with_the_observations(api: Client) -> None:
    bay, other = two_streams(api)
    Thing.objects.update(kind="parking.bay-sensor")
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")
    post(api, [group(bay, [[at(0), 1], [at(1), 0]]), group(other, [["never", 1]])])
    with connection.cursor() as cursor:
        cursor.execute("select args::text from procrastinate_jobs where task_name = 'deliver'")
        (args,) = [json.loads(one) for (one,) in cursor.fetchall()]
    assert args["fields"]["datastreams"] == [bay]


def test_many_rows_are_written_and_counted(api: Client) -> None:
    one, two = two_streams(api)
    rows = [[at(n), n] for n in range(2500)]
    links = post(api, [group(one, rows), group(two, rows[:500])])
    numbers = [int(link.rpartition("(")[2][:-1]) for link in links]
    assert numbers == sorted(set(numbers))
    assert api.get(f"/Datastreams({one})/Observations?$count=true&$top=0")["@iot.count"] == 2500
    assert api.get(links[2100])["phenomenonTime"] == at(2100)


def test_writers_of_the_same_datastreams_all_get_through(api: Client, key: str) -> None:
    streams = list(two_streams(api)) + list(two_streams(api))
    replies: list[Reply] = []

    def write(number: int) -> None:
        client = Client(key=key)
        order = streams[number % 4 :] + streams[: number % 4]
        for turn in range(4):
            rows = [[at(number * 100 + turn * 10 + n), n] for n in range(10)]
            replies.append(
                client.ask("POST", "/CreateObservations", [group(one, rows) for one in order])
            )
        client.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert [reply.status for reply in replies] == [201] * 24
    assert all("error" not in json.dumps(reply.json) for reply in replies)
    assert [len(results(api, one)) for one in streams] == [240] * 4
