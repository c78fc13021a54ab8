"""Who may connect, and what happens to what is no OCPP."""

import json

import pytest
import websockets
from ocpp.v16 import call
from websockets import Subprotocol

from stadtkern.systems.charging.models import ChargePoint, Message
from stadtkern.systems.charging.tests.ocpp.conftest import CARD, PASSWORD, until
from stadtkern.systems.charging.tests.ocpp.station import dial, raw

V16 = [Subprotocol("ocpp1.6")]


def status_of(loop, url, identity, password, protocols=V16):
    with pytest.raises(websockets.InvalidStatus) as refused:
        loop.run(dial(url, identity, password, protocols))
    return refused.value.response


def test_only_a_known_point_with_its_password_may_connect(place, served, loop, connect):
    for identity, password in [("CP-1", "wrong"), ("CP-1", None), ("CP-9", PASSWORD)]:
        answer = status_of(loop, served.url, identity, password)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert connect().ask(call.Heartbeat()).current_time


def test_a_password_cannot_be_guessed_for_long(place, served, loop):
    codes = [status_of(loop, served.url, "CP-1", f"try {n}").status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert status_of(loop, served.url, "CP-1", PASSWORD).status_code == 429


def test_security_profile_2_asks_for_tls(place, served, loop):
    ChargePoint.objects.update(security_profile=2)
    assert status_of(loop, served.url, "CP-1", PASSWORD).status_code == 403


def test_a_version_that_we_do_not_speak_is_hung_up_on(place, served, loop):
    """OCPP-J 1.6, 3.2: the handshake ends without a protocol, then the server closes."""

    async def one():
        socket = await dial(served.url, "CP-1", PASSWORD, [Subprotocol("ocpp1.5")])
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        return socket.subprotocol, closed.value.rcvd.code

    assert loop.run(one()) == (None, 1002)


def test_the_first_version_of_the_points_list_that_we_speak_is_taken(place, served, loop):
    async def one():
        wanted = [Subprotocol("ocpp2.1"), Subprotocol("ocpp2.0.1"), Subprotocol("ocpp1.6")]
        socket = await dial(served.url, "CP-1", PASSWORD, wanted)
        await socket.close()
        return socket.subprotocol

    assert loop.run(one()) == "ocpp2.0.1"
    until(lambda: not ChargePoint.objects.get().is_connected)


def test_a_new_connection_takes_the_place_of_the_old_one(place, connect):
    first = connect()
    second = connect()
    until(lambda: first.reading.done())
    assert second.ask(call.Heartbeat()).current_time
    assert ChargePoint.objects.get().is_connected


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("no json", "-1", "FormationViolation"),
        ("{}", "-1", "FormationViolation"),
        ('[2,"7","Heartbeat"]', "7", "FormationViolation"),
        ('[9,"7","Heartbeat",{}]', "7", "FormationViolation"),
        ('[2,"7","Dance",{}]', "7", "NotImplemented"),
        ('[2,"7","RemoteStartTransaction",{"idTag":"1"}]', "7", "NotSupported"),
        ('[2,"7","BootNotification",{"chargePointModel":"M"}]', "7", "ProtocolError"),
        ('[2,"7","Heartbeat",{"more":1}]', "7", "FormationViolation"),
        (f'[2,"7","Authorize",{{"idTag":"{"1" * 21}"}}]', "7", "TypeConstraintViolation"),
        ('[2,"7","Authorize",{"idTag":5}]', "7", "TypeConstraintViolation"),
        (
            '[2,"7","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Odd"}]',
            "7",
            "PropertyConstraintViolation",
        ),
    ],
)
def test_what_breaks_the_standard_is_told_so_and_hurts_nobody(
    place, served, loop, text, number, code
):
    async def one():
        socket = await dial(served.url, "CP-1", PASSWORD, V16)
        failure = await raw(socket, text)
        still = await raw(socket, '[2,"8","Heartbeat",{}]')
        await socket.close()
        return failure, still

    failure, still = loop.run(one())
    assert failure[:3] == [4, number, code]
    assert len(failure) == 5
    assert still[:2] == [3, "8"]
    until(lambda: not ChargePoint.objects.get().is_connected)
    assert Message.objects.filter(error=code).count() == 1


def test_a_message_that_is_too_long_ends_the_connection(place, served, loop):
    async def one():
        socket = await dial(served.url, "CP-1", PASSWORD, V16)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await raw(socket, "x" * 300_000)
        return closed.value.rcvd.code

    assert loop.run(one()) == 1009
    until(lambda: not ChargePoint.objects.get().is_connected)


def test_the_log_shows_messages_without_tokens(station):
    station.ask(call.Authorize(id_tag=CARD))
    kept = Message.objects.get()
    assert kept.action == "Authorize"
    assert CARD not in json.dumps([kept.asked, kept.answered])
    assert kept.answered["idTagInfo"]["status"] == "Accepted"
