"""A websocket belongs to the system that declares its first segment, while that is on."""

import asyncio

import pytest

from stadtkern.site.asgi import application


def dial(path, **extensions):
    """What the city sends to who opens a websocket and says nothing more."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "websocket", "path": path, "headers": [], "subprotocols": ["ocpp1.6"],
        "client": ("192.0.2.80", 1), "scheme": "ws", "extensions": extensions,
    }  # fmt: skip
    asyncio.run(application(scope, receive, send))
    return sent


@pytest.mark.django_db(transaction=True)
def test_a_promised_address_leads_to_its_system_and_nowhere_when_it_is_off(switched_off):
    answers = {"websocket.http.response": {}}
    assert dial("/ocpp/CP-1", **answers)[0]["status"] == 401
    switched_off("charging")
    assert dial("/ocpp/CP-1", **answers)[0]["status"] == 404


def test_other_addresses_take_no_websockets():
    answers = {"websocket.http.response": {}}
    for path in ("/", "/live/", "/api/sensorthings/v1.1/Things", "/static/x.js"):
        assert dial(path, **answers)[0]["status"] == 404
    # A server without that extension gets a close, which it turns into a 403.
    assert dial("/nothing") == [{"type": "websocket.close", "code": 1008}]
