"""The embedded broker: amqtt, whose acknowledgement means that ingest has committed."""

import contextlib
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import amqtt.broker
from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.mqtt.publish import PublishPacket
from amqtt.session import Session

from stadtkern.site.tree.api_keys import ApiKeys
from stadtkern.site.tree.connection import Connection
from stadtkern.site.tree.guests import CREATE, Program, creation
from stadtkern.site.tree.hold import Held, Hold
from stadtkern.site.tree.live import PREFIX, WISHES, Live

# amqtt names its handler class in this module and offers no other way to choose one.
amqtt.broker.BrokerProtocolHandler = Connection

SILENCE = 30  # seconds a client may be late beyond its keep-alive
FORGOTTEN_AFTER = 3600  # seconds; messages for an absent subscriber pile up in memory
REFUSED = 0x80


def broker_config(
    *,
    host: str,
    port: int,
    passwords: Path,
    ingest: str,
    ingest_user: str | None,
    anonymous: bool = False,
    keys: ApiKeys | None = None,
) -> dict[str, Any]:
    login = {
        "passwords": passwords,
        "ingest": ingest,
        "ingest_user": ingest_user,
        "anonymous": anonymous,
        "keys": keys or ApiKeys(""),
    }
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
        "timeout_disconnect_delay": SILENCE,
        "session_expiry_interval": FORGOTTEN_AFTER,
        "plugins": {"stadtkern.site.tree.login.Login": login},
    }


class HoldingBroker(amqtt.broker.Broker):  # type: ignore[misc]
    """Everything ingest subscribes to goes through the hold, nothing of it through amqtt."""

    def __init__(self, config: dict[str, Any], ingest: str, standing: Sequence[str]) -> None:
        super().__init__(config)
        self.ingest = ingest
        self.hold = Hold([*standing, f"{CREATE}#"], self._matches)
        self.live = Live(self._matches)
        self._unnumbered = count(1)
        self._ingest_connection: Connection | None = None

    def ingest_connected(self, connection: Connection, *, known: bool) -> None:
        self._ingest_connection = connection
        self.hold.wake = connection.wake
        self.hold.connected(known)
        connection.wake()

    def ingest_left(self, connection: Connection) -> None:
        if self._ingest_connection is connection:
            self._ingest_connection = None
            self.hold.wake = lambda: None

    async def share(self, session: Session, packet: PublishPacket) -> None:
        """A held message goes to other subscribers at once, like any message."""
        topic = packet.topic_name
        if any(takers and self._matches(topic, f) for f, takers in self._subscriptions.items()):
            await super()._broadcast_message(session, packet.topic_name, packet.data)
        if packet.retain_flag:
            await self.retain_message(session, packet.topic_name, packet.data, packet.qos)

    async def publish(self, topic: str, data: bytes, *, retain: bool) -> None:
        """What the city publishes below v1.1/; wider filters of its own accounts get it too."""
        self.live.publish(topic, data, retain=retain)
        if any(takers and self._matches(topic, f) for f, takers in self._subscriptions.items()):
            await super()._broadcast_message(None, topic, data)

    async def expel(self, keys: ApiKeys) -> None:
        """End the connections of programs whose keys are not valid any more."""
        connections = [one for _, one in self._sessions.values() if one.session]
        programs = [one for one in connections if isinstance(one.guest, Program)]
        valid = await keys.valid([one.guest.digest for one in programs])
        for one in programs:
            if valid.get(one.guest.digest) is not one.guest.writes and one.writer:
                with contextlib.suppress(ConnectionError):
                    await one.writer.close()

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        if not session.guest.may_subscribe(subscription[0]):
            return REFUSED
        if session.client_id == self.ingest and subscription[0].startswith(PREFIX):
            return 1  # it gets what is posted there under CREATE
        if subscription[0] == WISHES or subscription[0].startswith(PREFIX):
            return self._add_live(*subscription, session)
        granted: int = await super().add_subscription(subscription, session)
        if granted != REFUSED and session.client_id == self.ingest:
            super()._del_subscription(subscription[0], session)
            self.hold.subscribe(subscription[0])
            return 1
        return granted

    def _add_live(self, topic: str, qos: int, session: Session) -> int:
        client, connection = session.client_id, self._sessions[session.client_id][1]
        if topic == WISHES:
            self.live.publisher(client)
        else:
            granted = self.live.subscribe(client, topic, qos)
            if granted is None:
                return REFUSED
            qos, connection.awaits_publisher = granted, True
        connection.deliver(self.live.outbox(client))
        return min(qos, 1)

    def _del_subscription(self, a_filter: str, session: Session) -> int:
        if session.client_id == self.ingest:
            self.hold.unsubscribe(a_filter)
        if self.live.unsubscribe(session.client_id, a_filter):
            return 1
        deleted: int = super()._del_subscription(a_filter, session)
        return deleted

    async def _del_all_subscriptions(self, session: Session) -> None:
        self.live.forget(session.client_id)
        await super()._del_all_subscriptions(session)

    async def _broadcast_message(
        self,
        session: Session | None,
        topic: str | None,
        data: bytes | bytearray | None,
        force_qos: int | None = None,
    ) -> None:
        """Last wills and messages of the broker itself reach ingest too."""
        if topic and topic.startswith(PREFIX):
            if session is not None:
                posted = self.posted(session, topic)
                self.hold.take(Held(topic=posted, data=bytes(data or b""), qos=0))
            return
        if topic and self.hold.covers(topic):
            self.hold.take(Held(topic=topic, data=bytes(data or b""), qos=0))
        await super()._broadcast_message(session, topic, data, force_qos)

    def posted(self, session: Session, topic: str, packet_id: int | None = None) -> str:
        """The topic under which ingest gets what a client posts."""
        number = packet_id or -next(self._unnumbered)
        return creation(session.guest, session.client_id, topic, number)

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """amqtt would send a client what others have subscribed to whenever it reconnects."""
        if subscription[0].startswith(PREFIX):
            self.live.welcome(session.client_id, subscription[0])
            return
        others = self._subscriptions.get(subscription[0], [])
        if session.client_id == self.ingest or any(other is session for other, _ in others):
            await super()._publish_retained_messages_for_subscription(subscription, session)

    async def _authenticate(self, session: Session, _: object) -> bool:
        return True  # Connection.init_from_connect lets nobody else come this far

    async def _initialize_client_session(
        self, reader: ReaderAdapter, writer: WriterAdapter, *remote: Any
    ) -> tuple[Connection, Session]:
        connection, session = await super()._initialize_client_session(reader, writer, *remote)
        connection.broker = self
        session.guest = connection.came  # a session that lasts has that of the log-in before
        return connection, session

    async def _client_connected(
        self, listener_name: str, reader: ReaderAdapter, writer: WriterAdapter
    ) -> None:
        """amqtt forgets some sockets of connections that failed."""
        try:
            await super()._client_connected(listener_name, reader, writer)
        finally:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await writer.close()

    async def _delete_session(self, client_id: str) -> None:
        """A clean log-in ends the older connection of that name; amqtt leaves it open."""
        _, connection = self._sessions.get(client_id, (None, None))
        await super()._delete_session(client_id)
        if connection:
            await connection.handle_connection_closed()
            await connection.stop()

    async def _client_message_loop(self, client_session: Session, handler: Connection) -> None:
        """After a take-over the end of the old connection marks the new one as gone."""
        if not client_session.transitions.is_connected():
            client_session.transitions.connect()
        await super()._client_message_loop(client_session, handler)

    async def _handle_disconnect(
        self, client_session: Session, handler: Connection, disconnect_waiter: Any
    ) -> None:
        await super()._handle_disconnect(client_session, handler, disconnect_waiter)
        current = self._sessions.get(client_session.client_id, (None, None))[1]
        if current not in (None, handler) and not client_session.transitions.is_connected():
            client_session.transitions.connect()
