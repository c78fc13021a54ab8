"""Tries a broker out: connect, subscribe, hang up."""

import ssl
import time
from dataclasses import dataclass, field, replace
from typing import Any

from paho.mqtt.client import Client

from stadtkern.kernel.devices.ingest.broker import KEEPALIVE, TIMEOUT, Broker, client
from stadtkern.kernel.devices.networks import words

FAILURE = 128  # MQTT 3.1.1, 3.9.3: from here on a subscription has failed


@dataclass
class _Heard:
    """What the broker answered."""

    connack: int | None = None
    granted: list[int] = field(default_factory=list)


def attempt(broker: Broker, seconds: float = TIMEOUT) -> str:
    """Empty where these settings work, else one of `words.PROBLEMS`; leaves nothing behind.

    It goes under a name of its own: with that of ingest, it would take its place at the broker.
    """
    if not broker.host or not broker.topics:
        return "settings"
    heard = _Heard()
    try:
        made = client(replace(broker, client_id=f"{broker.client_id}t"), clean=True)
    except ssl.SSLError as error:
        return f"ca:{error}"[:300]
    made.on_connect = lambda _c, _d, _f, reason, _p: setattr(heard, "connack", reason.value)
    made.on_subscribe = lambda _c, _d, _m, codes, _p: heard.granted.extend(c.value for c in codes)
    try:
        made.connect(broker.host, broker.port, KEEPALIVE)
        return _talk(made, broker, heard, time.monotonic() + seconds)
    except (OSError, ValueError) as error:
        return words.of_error(error)
    finally:
        made.disconnect()
        made.loop_misc()


def _talk(made: Client, broker: Broker, heard: _Heard, until: float) -> str:
    if not _loop(made, until, lambda: heard.connack is not None):
        return "silent" if time.monotonic() >= until else "plain"
    if heard.connack:
        return words.of_connack(heard.connack)
    made.subscribe([(topic, 1) for topic in broker.topics])
    if not _loop(made, until, lambda: bool(heard.granted)):
        return "rights"
    return "rights" if any(code >= FAILURE for code in heard.granted) else ""


def _loop(made: Client, until: float, done: Any) -> bool:
    """Read and write until done; False where the broker hung up or was silent."""
    while not done():
        if time.monotonic() >= until or made.loop(timeout=0.2):
            return bool(done())
    return True
