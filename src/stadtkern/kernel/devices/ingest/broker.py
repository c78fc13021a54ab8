"""A broker that we connect to, and the MQTT client that does it."""

import hashlib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from stadtkern.kernel import sealing
from stadtkern.kernel.devices.ingest.event import HOME
from stadtkern.kernel.devices.ingest.receiver import Receiver
from stadtkern.kernel.devices.models import Network

CLIENT_ID = "stadtkern-ingest"
KEEPALIVE = 30
TIMEOUT = 8.0  # seconds for a connection to be made


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where the broker is and who we are there; `ca` is PEM, empty for the system's own list.

    `live` are the topics whose messages may be taken ahead of a backlog: each is stored once,
    however often it comes.
    """

    host: str
    port: int
    user: str
    password: str
    topics: tuple[str, ...]
    client_id: str = CLIENT_ID
    network: str = HOME
    tls: bool = False
    ca: str = ""
    live: tuple[str, ...] = ()


def broker_of(network: Network, *, base: str = CLIENT_ID) -> Broker:
    """The broker in a network's settings; `base` keeps several ingest processes apart.

    Raises ValueError: its password was sealed with another secret.
    """
    said = network.settings
    topics = tuple(str(topic) for topic in said.get("topics") or ())
    return Broker(
        host=str(said.get("host") or ""),
        port=int(said.get("port") or (8883 if said.get("tls") else 1883)),
        user=str(said.get("user") or ""),
        password=sealing.unseal(network.secret),
        topics=topics,
        live=topics,
        client_id=client_id(base, network.slug),
        network=network.slug,
        tls=bool(said.get("tls")),
        ca=str(said.get("ca") or ""),
    )


def client_id(base: str, slug: str) -> str:
    """A name of 22 characters, the same for ever, and another one for every city and network.

    MQTT 3.1.1, 3.1.3.1: a broker need not take more than 23 characters.
    """
    text = f"{settings.SECRET_KEY}\0{base}\0{slug}"
    return f"stadtkern-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def client(broker: Broker, *, clean: bool = False) -> Receiver:
    """A client that is not connected yet; it acknowledges by hand.

    Raises ssl.SSLError: `ca` is no certificate.
    """
    made = Receiver(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id,
        clean_session=clean,
        reconnect_on_failure=not clean,
        manual_ack=True,
    )
    made.username_pw_set(broker.user or None, broker.password or None)
    made.connect_timeout = TIMEOUT
    made.on_socket_open = _at_once
    if broker.tls:
        made.tls_set_context(ssl.create_default_context(cadata=broker.ca or None))
    return made


def _at_once(_client: Client, _data: Any, opened: Any) -> None:
    """Acknowledgements are small: they are not to wait for one another (Nagle)."""
    with suppress(OSError, AttributeError):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
