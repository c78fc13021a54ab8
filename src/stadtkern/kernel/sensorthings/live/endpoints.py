"""What the service root says of MQTT (18-088, 9.2.1): requirements, and where the broker is."""

import os
from urllib.parse import urlsplit

from stadtkern.kernel import registry

_STANDARD = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CREATE = f"{_STANDARD}/create-observations-via-mqtt/observations-creation"
RECEIVE = f"{_STANDARD}/receive-updates-via-mqtt/receive-updates"
CONFORMANCE = (CREATE, RECEIVE)
_HERE = ("localhost", "127.0.0.1", "::1")


def settings(base: str) -> dict[str, dict[str, list[str]]]:
    """The broker's address by requirement, where whoever asks under this base can reach it."""
    address = registry.city().mqtt.public or _local(base)
    return {one: {"endpoints": [address]} for one in CONFORMANCE} if address else {}


def _local(base: str) -> str:
    """The broker of this machine's own city, for those who are on this machine."""
    host, port = (os.environ.get(f"STADTKERN_MQTT_{one}", "") for one in ("HOST", "PORT"))
    here = host in _HERE and urlsplit(base).hostname in _HERE
    return f"mqtt://{host}:{port}" if here and port else ""
