"""How ingest meets the broker: uplinks and posted observations in, what changes out."""

import os
from collections.abc import Sequence
from dataclasses import replace

from stadtkern.kernel import registry
from stadtkern.kernel.devices.ingest.batch import Stored
from stadtkern.kernel.devices.ingest.broker import CLIENT_ID, Broker
from stadtkern.kernel.devices.ingest.consumer import Meter, Takes
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.sensorthings.http import PREFIX
from stadtkern.kernel.sensorthings.live import posted
from stadtkern.kernel.sensorthings.live.line import Door
from stadtkern.kernel.sensorthings.live.posted import Posted
from stadtkern.kernel.sensorthings.live.publisher import Publisher


class Both:
    """Takes what network servers send, and what programs post below `v1.1/`."""

    def __init__(self, ingest: Takes, posts: Posted) -> None:
        self._ingest = ingest
        self._posts = posts

    def take(self, messages: Sequence[Message]) -> Stored:
        """Uplinks first: they are known again where the posts have to be taken once more.

        What another broker keeps below `v1.1/` was posted before, or published by us.
        """
        of_programs = (posted.CREATE, posted.PREFIX)
        uplinks = [one for one in messages if not one.topic.startswith(of_programs)]
        posts = [one for one in messages if one.topic.startswith(of_programs) and not one.kept]
        stored = self._ingest.take(uplinks) if uplinks else NOTHING
        if posts:
            self._posts.take([posted.read(one.topic, one.body, again=one.again) for one in posts])
        return stored


# A broker that is not our own, but that we have set up, brings what is posted under these topics;
# the embedded one brings it with the name of who posted, as `posted.CREATE`.
POSTS = ("v1.1/Observations", "v1.1/+/Observations")
HEAR_POSTS = "STADTKERN_MQTT_HEAR_POSTS"
NOTHING = Stored(messages=0, new=0, observations=0, troubled=0)


def broker() -> Broker:
    """Where the broker is, from the city's file and the environment."""
    mqtt = registry.city().mqtt
    uplinks = tuple(topic for topic in mqtt.topics if not topic.startswith(posted.PREFIX))
    return Broker(
        host=os.environ.get("STADTKERN_MQTT_HOST", mqtt.host),
        port=int(os.environ.get("STADTKERN_MQTT_PORT", mqtt.port)),
        user=mqtt.user,
        password=os.environ.get(mqtt.password_env, ""),
        topics=(*uplinks, f"{posted.CREATE}#"),
        client_id=os.environ.get("STADTKERN_INGEST_ID", CLIENT_ID),
        live=uplinks,
    )


def posts() -> Broker | None:
    """The same broker for what programs post there, on a connection of its own.

    It brings back all that we publish, and uplinks are not to stand behind that.
    """
    topics = [one for one in registry.city().mqtt.topics if one.startswith(posted.PREFIX)]
    topics += POSTS if HEAR_POSTS in os.environ else ()
    its = broker()
    named = f"{its.client_id}-posts"
    return replace(its, topics=tuple(topics), live=(), client_id=named) if topics else None


def door() -> Door:
    """The same broker for the publisher."""
    its = broker()
    return Door(
        host=its.host,
        port=its.port,
        user=its.user,
        password=its.password,
        client_id=f"{its.client_id}-publisher-{os.getpid()}",
        base=api_address(),
        retain=registry.city().mqtt.retain,
    )


def publisher() -> Publisher | None:
    """None where the city publishes nothing."""
    return Publisher(door()) if registry.city().mqtt.publish else None


def takes_keys() -> bool:
    """Whether an API key opens the broker: the embedded one, which nobody else replaces."""
    return registry.city().mqtt.broker in ("auto", "amqtt") and HEAR_POSTS not in os.environ


def api_address() -> str:
    """The address of the SensorThings API, as links in messages name it."""
    web = registry.city().web
    scheme = "https" if web.https else "http"
    address = web.address or os.environ.get("STADTKERN_ADDRESS") or f"{scheme}://{web.hosts[0]}"
    return f"{address.rstrip('/')}{PREFIX}"


def told(meter: Meter, posts: Posted, publisher: Publisher | None) -> dict[str, int]:
    """What the heartbeat of ingest says."""
    return {
        **meter.totals,
        **{f"posted_{name}": number for name, number in posts.totals.items()},
        "published": publisher.published if publisher else 0,
    }
