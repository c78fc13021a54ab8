"""A charge point to test with: the client side of the ocpp package on a real socket."""

import asyncio
import base64
import json
import threading
from concurrent.futures import Future

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Client16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as Client201
from ocpp.v201 import call_result as result201

SLOW = 60  # seconds that a machine may take which is ten times slower


class Loop:
    """An event loop in a thread, for tests that are plain functions."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SLOW)

    def start(self, work) -> Future:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(SLOW)
        self.loop.close()


class Answering:
    """What a point answers to the city; `heard` keeps what it was asked."""

    heard: list
    say: dict

    def _answer(self, action, given, **default):
        self.heard.append((action, given))
        return {**default, **self.say.get(action, {})}


def answers(action, result, **default):
    @on(action)
    def handler(self, **given):
        return result(**self._answer(action, given, **default))

    handler.__name__ = f"on_{result.__module__}_{action}".replace(".", "_")
    return handler


def client(base, results, actions):
    members = {}
    for action, default in actions.items():
        made = answers(action, getattr(results, action), **default)
        # The package finds handlers by the name under which they were decorated.
        members["handler"] = made
        members[f"on_{action}"] = made
    from ocpp import routing

    routing.routables.extend(name for name in members if name not in routing.routables)
    return type("Client", (Answering, base), members)


YES = {"status": "Accepted"}
V16 = client(Client16, result16, {
    "RemoteStartTransaction": YES, "RemoteStopTransaction": YES, "ReserveNow": YES,
    "CancelReservation": YES, "Reset": YES, "UnlockConnector": {"status": "Unlocked"},
    "ChangeAvailability": YES, "SetChargingProfile": YES, "ClearChargingProfile": YES,
    "ChangeConfiguration": YES, "TriggerMessage": YES, "UpdateFirmware": {},
    "GetDiagnostics": {"file_name": "log.zip"},
    "GetConfiguration": {"configuration_key": [
        {"key": "HeartbeatInterval", "readonly": False, "value": "300"}]},
})  # fmt: skip
V201 = client(Client201, result201, {
    "RequestStartTransaction": YES, "RequestStopTransaction": YES, "ReserveNow": YES,
    "CancelReservation": YES, "Reset": YES, "UnlockConnector": {"status": "Unlocked"},
    "ChangeAvailability": YES, "SetChargingProfile": YES, "TriggerMessage": YES,
    "UpdateFirmware": YES, "GetLog": YES, "GetBaseReport": YES, "ClearChargingProfile": YES,
    "SetVariables": {"set_variable_result": [
        {"attributeStatus": "Accepted", "component": {"name": "OCPPCommCtrlr"},
         "variable": {"name": "HeartbeatInterval"}}]},
    "GetVariables": {"get_variable_result": [
        {"attributeStatus": "Accepted", "attributeValue": "300",
         "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]},
})  # fmt: skip


class Station:
    """One connected charge point, driven from a test."""

    def __init__(self, loop, socket, identity, version):
        self.loop, self.socket, self.identity = loop, socket, identity
        self.client = (V16 if version == "1.6" else V201)(identity, socket, response_timeout=SLOW)
        self.client.heard, self.client.say = [], {}
        self.reading = loop.start(self._read())

    async def _read(self):
        try:
            await self.client.start()
        except websockets.ConnectionClosed:
            return

    def ask(self, call):
        """The answer, checked against the standard's schema by the package."""
        return self.loop.run(self.client.call(call, suppress=False))

    def close(self):
        self.loop.run(self.socket.close())
        self.reading.result(SLOW)

    @property
    def heard(self):
        return self.client.heard


def basic(identity, password):
    token = base64.b64encode(f"{identity}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


async def dial(url, identity, password, protocols, **more):
    headers = basic(identity, password) if password is not None else {}
    return await websockets.connect(
        f"{url}/ocpp/{identity}", subprotocols=protocols, additional_headers=headers,
        open_timeout=SLOW, ping_interval=None, **more,
    )  # fmt: skip


async def raw(socket, text):
    """Send a text as it is; the frame that comes back."""
    await socket.send(text)
    async with asyncio.timeout(SLOW):
        return json.loads(await socket.recv())
