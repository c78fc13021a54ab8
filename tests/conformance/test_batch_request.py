"""18-088, batch extension: several requests in one body, change sets all or nothing."""

import email
import json
from email.message import Message
from typing import Any

import pytest
import requests
from conformance.conftest import Service, World, datastream, location, number, observation, thing

pytestmark = pytest.mark.django_db

PART = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"


def request_part(line: str, body: Any = None, content_id: str = "", host: str = "") -> str:
    head = PART + (f"Content-ID: {content_id}\r\n" if content_id else "")
    text = "" if body is None else json.dumps(body)
    kind = "" if body is None else "Content-Type: application/json\r\n"
    return f"{head}\r\n{line} HTTP/1.1\r\nHost: {host or 'localhost'}\r\n{kind}\r\n{text}\r\n"


def batch(*parts: str) -> str:
    return "".join(f"--b_1\r\n{part}" for part in parts) + "--b_1--\r\n"


def change_set(*parts: str) -> str:
    inner = "".join(f"--c_1\r\n{part}" for part in parts) + "--c_1--\r\n"
    return f"Content-Type: multipart/mixed;boundary=c_1\r\n\r\n{inner}"


def sent(service: Service, text: str) -> requests.Response:
    return service.ask(
        "POST",
        "/$batch",
        data=text.encode(),
        headers={"Content-Type": "multipart/mixed;boundary=b_1"},
    )


def answers(reply: requests.Response) -> list[tuple[int, Message, str]]:
    """Status, headers and body of every part, those of change sets flattened."""
    assert reply.status_code == 200, reply.text
    whole = email.message_from_string(
        f"Content-Type: {reply.headers['Content-Type']}\r\n\r\n{reply.text}"
    )
    assert whole.is_multipart(), reply.text
    found = []
    for part in whole.walk():
        if part.get_content_type() == "application/http":
            line, _, rest = part.get_payload().lstrip().partition("\n")
            inner = email.message_from_string(rest)
            found.append((int(line.split()[1]), inner, inner.get_payload()))
    return found


def things(service: Service, name: str) -> int:
    count = service.get(f"/Things?$filter=name eq '{name}'&$count=true")["@iot.count"]
    assert isinstance(count, int)
    return count


def path(service: Service, address: str) -> str:
    return "/" + address.removeprefix(service.base).lstrip("/")


def test_req_batch_request_batch_request(service: Service, world: World) -> None:
    here = service.base[service.base.index("/api") :]
    reply = sent(
        service,
        batch(
            request_part(f"GET {here}{path(service, world['Things'])}?$select=name"),
            change_set(
                request_part(f"POST {here}/Things", thing("batch A"), "1"),
                request_part(
                    f"PATCH {here}{path(service, world['Things'])}", {"description": "changed"}, "2"
                ),
            ),
            request_part(f"GET {here}/Things(987654321)"),
        ),
    )
    assert reply.headers["Content-Type"].startswith("multipart/mixed")
    (read, made, changed, missing) = answers(reply)
    assert (read[0], json.loads(read[2])) == (200, {"name": "Station"})
    assert made[0] == 201
    assert service.get(str(made[1]["Location"]))["name"] == "batch A"
    assert changed[0] in (200, 204)
    assert service.get(world["Things"])["description"] == "changed"
    assert missing[0] == 404


@pytest.mark.parametrize("prefix", ["", "/", "absolute"])
def test_req_batch_request_batch_request_with_addresses_of_every_kind(
    service: Service, world: World, prefix: str
) -> None:
    start = f"{service.base}/" if prefix == "absolute" else prefix
    if prefix == "/":
        start = service.base[service.base.index("/api") :] + "/"
    address = f"{start}Things({number(world['Things'])})?$select=name"
    (read,) = answers(sent(service, batch(request_part(f"GET {address}"))))
    assert (read[0], json.loads(read[2])) == (200, {"name": "Station"})


def test_req_batch_request_batch_request_change_sets_are_atomic(service: Service) -> None:
    reply = sent(
        service,
        batch(
            change_set(
                request_part("POST Things", thing("atomic"), "1"),
                request_part("POST Things", {"name": "without a description"}, "2"),
            ),
            request_part("POST Things", thing("after it")),
        ),
    )
    found = answers(reply)
    assert 400 <= found[0][0] < 500
    assert found[-1][0] == 201
    assert things(service, "atomic") == 0
    assert things(service, "after it") == 1


def test_req_batch_request_batch_request_refers_to_what_was_just_made(
    service: Service,
) -> None:
    reply = sent(
        service,
        batch(
            change_set(
                request_part("POST Things", thing("referred to", Locations=[location()]), "any"),
                request_part("POST $any/Datastreams", datastream("of it"), "stream"),
                request_part("POST $stream/Observations", observation(7), "value"),
            )
        ),
    )
    assert [one[0] for one in answers(reply)] == [201, 201, 201]
    (one,) = service.values(
        "/Things?$filter=name eq 'referred to'&$expand=Datastreams($expand=Observations)"
    )
    assert one["Datastreams"][0]["Observations"][0]["result"] == 7


def test_req_batch_request_batch_request_is_answered_in_order(service: Service) -> None:
    parts = [request_part(f"POST Things {''}".strip(), thing(f"order {n}")) for n in range(5)]
    found = answers(sent(service, batch(*parts)))
    names = [service.get(str(one[1]["Location"]))["name"] for one in found]
    assert names == [f"order {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("multipart/mixed", "--x\r\n\r\n--x--"),
        ("multipart/mixed;boundary=b_1", "nothing"),
        ("text/plain", "GET Things"),
    ],
)
def test_req_batch_request_batch_request_refuses_what_is_none(
    service: Service, kind: str, text: str
) -> None:
    reply = service.ask("POST", "/$batch", data=text, headers={"Content-Type": kind})
    assert reply.status_code in (400, 415)


def test_req_batch_request_batch_request_in_json(service: Service) -> None:
    """Not in 18-088 but in OData 4.01, clause 19, and asked for by many clients."""
    body = {
        "requests": [
            {
                "id": "1",
                "method": "post",
                "url": "Things",
                "atomicityGroup": "g",
                "body": thing("in JSON"),
            },
            {
                "id": "2",
                "method": "post",
                "url": "$1/Datastreams",
                "atomicityGroup": "g",
                "body": datastream("in JSON"),
            },
            {"id": "3", "method": "get", "url": "Things(987654321)"},
        ]
    }
    reply = service.ask("POST", "/$batch", body)
    assert reply.status_code == 200, reply.text
    found = {one["id"]: one["status"] for one in reply.json()["responses"]}
    assert found == {"1": 201, "2": 201, "3": 404}
    assert things(service, "in JSON") == 1
