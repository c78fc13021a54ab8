"""The embedded broker: amqtt, whose acknowledgement means that ingest has committed."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import amqtt.broker
from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.mqtt.publish import PublishPacket
from amqtt.session import Session

from stadtkern.site.tree.connection import Connection
from stadtkern.site.tree.hold import Held, Hold

# amqtt names its handler class in this module and offers no other way to choose one.
amqtt.broker.BrokerProtocolHandler = Connection

SILENCE = 30  # seconds a client may be late beyond its keep-alive
FORGOTTEN_AFTER = 3600  # seconds; messages for an absent subscriber pile up in memory
REFUSED = 0x80


def broker_config(
    *, host: str, port: int, passwords: Path, ingest: str, ingest_user: str | None
) -> dict[str, Any]:
    login = {"passwords": passwords, "ingest": ingest, "ingest_user": ingest_user}
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
        "timeout_disconnect_delay": SILENCE,
        "session_expiry_interval": FORGOTTEN_AFTER,
        "plugins": {"stadtkern.site.tree.login.PasswordFileLogin": login},
    }


class HoldingBroker(amqtt.broker.Broker):  # type: ignore[misc]
    """Everything ingest subscribes to goes through the hold, nothing of it through amqtt."""

    def __init__(self, config: dict[str, Any], ingest: str, standing: Sequence[str]) -> None:
        super().__init__(config)
        self.ingest = ingest
        self.hold = Hold(standing, self._matches)
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

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        granted: int = await super().add_subscription(subscription, session)
        if granted != REFUSED and session.client_id == self.ingest:
            super()._del_subscription(subscription[0], session)
            self.hold.subscribe(subscription[0])
            return 1
        return granted

    def _del_subscription(self, a_filter: str, session: Session) -> int:
        if session.client_id == self.ingest:
            self.hold.unsubscribe(a_filter)
        deleted: int = super()._del_subscription(a_filter, session)
        return deleted

    async def _broadcast_message(
        self,
        session: Session | None,
        topic: str | None,
        data: bytes | bytearray | None,
        force_qos: int | None = None,
    ) -> None:
        """Last wills and messages of the broker itself reach ingest too."""
        if topic and self.hold.covers(topic):
            self.hold.take(Held(topic=topic, data=bytes(data or b""), qos=0))
        await super()._broadcast_message(session, topic, data, force_qos)

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """amqtt would send a client what others have subscribed to whenever it reconnects."""
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
