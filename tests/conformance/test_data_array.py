"""18-088, data array extension: fewer words for many observations, there and back."""

from typing import Any

import pytest
from conformance.conftest import Service, World, datastream, moment, number

pytestmark = pytest.mark.django_db


def test_req_data_array_data_array(service: Service, world: World) -> None:
    found = service.get(
        f"{world['Datastreams']}/Observations?$resultFormat=dataArray&$orderby=phenomenonTime"
    )
    (group,) = found["value"]
    assert group["Datastream@iot.navigationLink"].endswith(
        f"Datastreams({number(world['Datastreams'])})"
    ) or group["Datastream@iot.navigationLink"].endswith("/Datastream")
    assert group["dataArray@iot.count"] == 10
    rows = [dict(zip(group["components"], row, strict=True)) for row in group["dataArray"]]
    assert [row["result"] for row in rows] == list(range(10))
    plain = service.values(f"{world['Datastreams']}/Observations?$orderby=phenomenonTime")
    for row, one in zip(rows, plain, strict=True):
        for key in ("phenomenonTime", "resultTime", "result"):
            assert row[key] == one[key]


def test_req_data_array_data_array_with_select(service: Service, world: World) -> None:
    found = service.get(
        f"{world['Datastreams']}/Observations?$resultFormat=dataArray&$top=3"
        "&$select=id,phenomenonTime,result&$orderby=result desc&$count=true"
    )
    assert found["@iot.count"] == 10
    (group,) = found["value"]
    assert (
        {"phenomenonTime", "result"}
        <= set(group["components"])
        <= {
            "id",
            "@iot.id",
            "phenomenonTime",
            "result",
        }
    )
    place = group["components"].index("result")
    assert [row[place] for row in group["dataArray"]] == [9, 8, 7]
    following = service.get(found["@iot.nextLink"])
    (group,) = following["value"]
    assert [row[place] for row in group["dataArray"]] == [6, 5, 4]


def test_req_data_array_data_array_of_several_datastreams(service: Service, world: World) -> None:
    other = service.make(f"{world['Things']}/Datastreams", datastream("second"))
    service.make(f"{other}/Observations", {"phenomenonTime": moment(1), "result": 77})
    here = number(world["Datastreams"])
    groups = service.values(
        "/Observations?$resultFormat=dataArray"
        f"&$filter=result eq 77 or (result eq 3 and Datastream/id eq {here})"
    )
    assert len(groups) == 2
    assert {len(group["dataArray"]) for group in groups} == {1}


def created(service: Service, body: Any) -> list[str]:
    reply = service.ask("POST", "/CreateObservations", body)
    assert reply.status_code == 201, reply.text
    found = reply.json()
    assert isinstance(found, list)
    return found


def test_req_data_array_data_array_creates_observations(service: Service, world: World) -> None:
    one, two = (
        service.make(f"{world['Things']}/Datastreams", datastream(name)) for name in ("p", "q")
    )
    feature = number(world["FeaturesOfInterest"])
    links = created(
        service,
        [
            {
                "Datastream": {"@iot.id": number(one)},
                "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
                "dataArray@iot.count": 2,
                "dataArray": [[moment(1), 20, feature], [moment(2), 30, feature]],
            },
            {
                "Datastream": {"@iot.id": number(two)},
                "components": ["phenomenonTime", "result"],
                "dataArray@iot.count": 1,
                "dataArray": [[moment(1), 65]],
            },
        ],
    )
    assert len(links) == 3
    assert [service.get(link)["result"] for link in links] == [20, 30, 65]
    assert service.get(f"{links[0]}/FeatureOfInterest")["@iot.id"] == feature
    assert service.get(f"{links[2]}/Datastream")["@iot.selfLink"] == two
    assert [v["result"] for v in service.values(f"{one}/Observations?$orderby=result")] == [20, 30]


def test_req_data_array_data_array_marks_what_could_not_be_created(
    service: Service, world: World
) -> None:
    made = service.make(f"{world['Things']}/Datastreams", datastream("r"))
    links = created(
        service,
        [
            {
                "Datastream": {"@iot.id": number(made)},
                "components": ["phenomenonTime", "result"],
                "dataArray": [[moment(1), 1], ["no time", 2], [moment(3), 3]],
            }
        ],
    )
    assert len(links) == 3
    assert links[1].startswith("error")
    assert [service.get(link)["result"] for link in (links[0], links[2])] == [1, 3]


def test_req_data_array_data_array_refuses_what_is_none(service: Service) -> None:
    for body in ({"dataArray": []}, "x", [1], [{"components": ["result"]}]):
        reply = service.ask("POST", "/CreateObservations", body)
        assert reply.status_code in (400, 404) or all(
            one.startswith("error") for one in reply.json()
        )
