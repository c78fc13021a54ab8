"""A line to one broker: QoS 1, and nothing is left behind on it that could go out later."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from paho.mqtt.client import Client, MQTTMessageInfo

from stadtkern.kernel.devices.ingest.broker import KEEPALIVE, TIMEOUT, Broker, client
from stadtkern.kernel.devices.networks import words
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome
from stadtkern.kernel.devices.networks.sending.parcel import Parcel

PATIENCE = 10.0  # seconds for a broker to acknowledge
# A broker that is away holds up what goes to others only once in so many seconds.
AWAY = 5.0


class Shut(ConnectionError):
    """The broker lets nobody in; the text is one of `words.PROBLEMS`."""


class Line:
    """Used from one thread. A client that failed is thrown away with what it still held."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._client: Client | None = None
        self._problem = ""
        self._away_until = 0.0

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """What became of each parcel; `UNSURE` where the broker may have it."""
        try:
            open_ = self._connected()
        except Shut as error:
            return [Answer(outcome=Outcome.NOT_SENT, reason=str(error))] * len(parcels)
        infos = [open_.publish(one.topic, one.body, qos=1) for one in parcels]
        until = time.monotonic() + PATIENCE
        answers = [_answer(info, until) for info in infos]
        if any(one.outcome is not Outcome.TAKEN for one in answers):
            self.close()
        return answers

    def close(self) -> None:
        """Hang up; paho would send again what it holds as soon as the broker is back."""
        gone, self._client = self._client, None
        if gone is not None:
            with suppress(OSError, ValueError):
                gone.disconnect()
            gone.loop_stop()

    def _connected(self) -> Client:
        if self._client is not None and self._client.is_connected():
            return self._client
        self.close()
        if time.monotonic() >= self._away_until:
            self._problem = self._open()
        if self._client is None:
            raise Shut(self._problem)
        return self._client

    def _open(self) -> str:
        """Connect; what is wrong, or nothing."""
        answered, codes = threading.Event(), list[int]()

        def on_connect(_client: Client, _data: Any, _flags: Any, code: Any, _props: Any) -> None:
            codes.append(code.value)
            answered.set()

        try:
            self._client = made = client(self._broker, clean=True)
            made.on_connect = on_connect
            made.connect(self._broker.host, self._broker.port, KEEPALIVE)
            made.loop_start()
            if not answered.wait(TIMEOUT):
                raise TimeoutError
        except (OSError, ValueError) as error:
            problem = words.of_error(error)
        else:
            problem = words.of_connack(codes[0]) if codes[0] else ""
        if problem:
            self.close()
            self._away_until = time.monotonic() + AWAY
        return problem


def _answer(info: MQTTMessageInfo, until: float) -> Answer:
    if info.rc:
        # The client is thrown away with it, so it does not go out later.
        return Answer(outcome=Outcome.NOT_SENT, reason="lost")
    with suppress(RuntimeError, ValueError):
        info.wait_for_publish(max(0.0, until - time.monotonic()))
        if info.is_published():
            return Answer(outcome=Outcome.TAKEN)
    return Answer(outcome=Outcome.UNSURE, reason="silent")
