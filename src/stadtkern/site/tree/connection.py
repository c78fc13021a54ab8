"""One client's connection to the embedded broker, which can owe acknowledgements.

Why this point of amqtt: its handler reads a PUBLISH, queues the message and sends the PUBACK in
one go, so "accepted" would mean "in the memory of the broker". For held topics `handle_publish`
gives the message to the hold instead, waits for nothing, and the PUBACK follows when ingest has
acknowledged. Towards ingest amqtt would drop what is not acknowledged within five seconds, so that
direction goes through the hold as well, with its own window and its own packet ids.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.errors import MQTTError
from amqtt.mqtt.connack import BAD_USERNAME_PASSWORD, NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.disconnect import DisconnectPacket
from amqtt.mqtt.pingreq import PingReqPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.pubcomp import PubcompPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.pubrec import PubrecPacket
from amqtt.mqtt.pubrel import PubrelPacket
from amqtt.mqtt.subscribe import SubscribePacket
from amqtt.mqtt.unsubscribe import UnsubscribePacket
from amqtt.plugins.manager import PluginManager
from amqtt.session import OutgoingApplicationMessage, Session

from stadtkern.site.tree.guests import Guest, Ours
from stadtkern.site.tree.hold import Held
from stadtkern.site.tree.live import CURRENT, LONGEST_TOPIC, PREFIX
from stadtkern.site.tree.outbox import Outbox
from stadtkern.site.tree.packets import read_packet

if TYPE_CHECKING:
    from stadtkern.site.tree.holding import HoldingBroker

log = logging.getLogger(__name__)

MOST_HELD = 1000  # messages a connection may have unacknowledged before we stop reading it
MOST_HELD_BYTES = 16_000_000
LOGIN_WITHIN = 10.0  # seconds from the connection to its CONNECT packet
REFUSAL_AFTER = 0.3  # seconds; slows down who guesses passwords


class Connection(BrokerProtocolHandler):  # type: ignore[misc]
    broker: "HoldingBroker"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._gate = asyncio.Event()
        self._gate.set()
        self._owed: set[Held] = set()
        self._owed_bytes = 0
        self._work = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._outbox: Outbox | None = None
        self._courier: asyncio.Task[None] | None = None
        self.awaits_publisher = False
        self.came: Guest | None = None  # with what it has logged in

    @classmethod
    async def init_from_connect(
        cls,
        reader: ReaderAdapter,
        writer: WriterAdapter,
        plugins_manager: PluginManager[Any],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> tuple["Connection", Session]:
        """Checks the login first: amqtt would end a namesake's session before it asks."""
        coming = super().init_from_connect(reader, writer, plugins_manager, loop)
        try:
            connection, session = await asyncio.wait_for(coming, LOGIN_WITHIN)
        except TimeoutError:
            raise MQTTError("no CONNECT packet") from None
        answers = await plugins_manager.map_plugin_auth(session=session)
        if not answers or not all(answers.values()):
            await asyncio.sleep(REFUSAL_AFTER)
            await ConnackPacket.build(0, BAD_USERNAME_PASSWORD).to_stream(writer)
            log.warning("Refused the log-in of %r from %s.", session.username, _peer(writer))
            raise MQTTError("log-in refused")
        if session.will_flag and not session.guest.may_publish(session.will_topic):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            raise MQTTError("its last will is not allowed")
        connection.came = session.guest
        return connection, session

    @property
    def guest(self) -> Guest:
        """Who that is."""
        guest: Guest = self.session.guest
        return guest

    @property
    def is_ingest(self) -> bool:
        return bool(self.session) and self.session.client_id == self.broker.ingest

    async def start(self) -> None:
        await super().start()
        if self._reader_stopped.is_set():  # it said all it had to say before amqtt listened
            await self.handle_connection_closed()
        if self.is_ingest:
            self.broker.ingest_connected(self, known=bool(self.session.parent))
            self._sender = asyncio.create_task(self._send_held())
        if outbox := self.broker.live.outbox(self.session.client_id):
            outbox.connected()
            self.deliver(outbox)

    async def stop(self) -> None:
        if self._sender:
            self._sender.cancel()
        if self._courier and self._outbox:
            self._courier.cancel()
            self._outbox.left()
            self._outbox = None
            self.broker.live.publisher_left(self.session.client_id)
        if self.session and self.is_ingest:
            self.broker.ingest_left(self)
        for held in self._owed:
            if held.origin is self:
                self.broker.hold.leave(held)
        self._owed.clear()
        with contextlib.suppress(ConnectionError):
            await super().stop()

    async def _reader_loop(self) -> None:
        """Packet by packet. amqtt reads on after a malformed one and takes data for packets."""
        try:
            self._reader_ready.set()
            while await self._handle_next():
                await self._gate.wait()
        except TimeoutError:
            log.info("%r was silent for too long.", self.session.client_id)
        except (EOFError, OSError):
            pass
        except Exception as error:  # noqa: BLE001 - whatever it sent ends only this connection
            log.warning("Disconnecting %r: %s", self.session.client_id, error)
        finally:
            await self.handle_connection_closed()
            self._reader_stopped.set()
            await self.stop()

    async def _handle_next(self) -> bool:
        """False after the last packet."""
        async with asyncio.timeout(self.session.keep_alive or None):
            packet = await read_packet(self.reader)
        await HANDLERS[type(packet)](self, packet)
        return not isinstance(packet, DisconnectPacket)

    async def handle_publish(self, publish_packet: PublishPacket) -> None:
        topic = publish_packet.topic_name
        if not topic or "\0" in topic or len(topic) > LONGEST_TOPIC or publish_packet.qos == 3:
            raise MQTTError(f"it must not publish to {topic!r}")
        if not self.guest.may_publish(topic):
            raise MQTTError(f"it may not publish to {topic!r}")
        if topic.startswith((PREFIX, CURRENT)):
            await self._handle_sensorthings(publish_packet)
        elif self.broker.hold.covers(topic):
            if self._hold(publish_packet):
                await self.broker.share(self.session, publish_packet)
        elif publish_packet.qos == 2:
            keep(super().handle_publish(publish_packet))  # waits for the PUBREL
        else:
            await self.broker.share(self.session, publish_packet)
            if publish_packet.qos:
                self.writer.write(PubackPacket.build(publish_packet.packet_id).to_bytes())

    async def _handle_sensorthings(self, packet: PublishPacket) -> None:
        """What the city publishes goes out; what others post waits for ingest and is not shared."""
        topic, data = packet.topic_name, bytes(packet.data or b"")
        if not isinstance(self.guest, Ours):
            self._hold(packet, self.broker.posted(self.session, topic, packet.packet_id))
            return
        if topic.startswith(CURRENT):
            self.broker.live.keep(topic.removeprefix(CURRENT), data)
        else:
            await self.broker.publish(topic, data, retain=packet.retain_flag)
        if packet.qos:
            self.writer.write(PubackPacket.build(packet.packet_id).to_bytes())

    def _hold(self, packet: PublishPacket, topic: str = "") -> bool:
        """False for a message that was already here; ingest gets it under `topic`, if given."""
        held = Held(
            topic=topic or packet.topic_name,
            data=packet.data or b"",
            qos=packet.qos,
            client=self.session.client_id,
            packet_id=packet.packet_id,
            again=bool(topic) and packet.dup_flag,
            origin=self,
        )
        before = self.broker.hold.same_as(held) if packet.dup_flag else None
        if before is None:
            self._owe(held)
            self.broker.hold.take(held)
            return True
        if before.origin is not self:
            self.broker.hold.adopt(before, self)
            self._owe(before)
        return False

    def _owe(self, held: Held) -> None:
        self._owed.add(held)
        self._owed_bytes += len(held.data)
        if len(self._owed) >= MOST_HELD or self._owed_bytes >= MOST_HELD_BYTES:
            self._gate.clear()

    def release(self, held: Held) -> None:
        """Ingest has committed. Written without waiting, so that no cancellation can lose it."""
        self._owed.discard(held)
        self._owed_bytes -= len(held.data)
        if held.packet_id is not None:
            kind = PubackPacket if held.qos == 1 else PubrecPacket
            self.writer.write(kind.build(held.packet_id).to_bytes())
        if len(self._owed) < MOST_HELD // 2 and self._owed_bytes < MOST_HELD_BYTES // 2:
            self._gate.set()

    async def handle_pubrel(self, pubrel: PubrelPacket) -> None:
        """QoS 2 on a held topic: the PUBREC was the promise, the rest is courtesy."""
        if pubrel.packet_id in self._pubrel_waiters:
            await super().handle_pubrel(pubrel)
        else:
            self.writer.write(PubcompPacket.build(pubrel.packet_id).to_bytes())

    async def handle_puback(self, puback: PubackPacket) -> None:
        if self.is_ingest:
            self.broker.hold.committed(puback.packet_id)
        elif not (self._outbox and self._outbox.acknowledged(puback.packet_id)):
            await super().handle_puback(puback)

    async def mqtt_publish(
        self,
        topic: str,
        data: bytes | bytearray,
        qos: int | None,
        retain: bool,
        ack_timeout: int | None = None,
    ) -> OutgoingApplicationMessage:
        if not self.is_ingest:
            return await super().mqtt_publish(topic, data, qos, retain, ack_timeout)
        self.broker.hold.take(Held(topic=topic, data=bytes(data), qos=0, retain=retain))
        return OutgoingApplicationMessage(None, topic, 0, data, retain)

    async def mqtt_acknowledge_subscription(self, packet_id: int, return_codes: list[int]) -> None:
        """For topics that the city publishes to, only when its publisher knows of it."""
        if self.awaits_publisher:
            self.awaits_publisher = False
            await self.broker.live.known()
        await super().mqtt_acknowledge_subscription(packet_id, return_codes)

    def deliver(self, outbox: Outbox) -> None:
        """Send what is in this outbox from now on."""
        if self._outbox is not outbox:
            self._outbox = outbox
            self._courier = asyncio.create_task(self._send_from(outbox))

    async def _send_from(self, outbox: Outbox) -> None:
        while True:
            await outbox.work.wait()
            outbox.work.clear()
            while packet := outbox.next():
                self.writer.write(packet)
                with contextlib.suppress(ConnectionError):
                    await self.writer.drain()

    def wake(self) -> None:
        self._work.set()

    async def _send_held(self) -> None:
        """Keeps the window to ingest full; waits only for the socket."""
        while True:
            await self._work.wait()
            self._work.clear()
            while step := self.broker.hold.next():
                self.writer.write(_packet(*step))
                with contextlib.suppress(ConnectionError):
                    await self.writer.drain()


HANDLERS: dict[type, Any] = {
    PublishPacket: Connection.handle_publish,
    PubackPacket: Connection.handle_puback,
    PubrecPacket: Connection.handle_pubrec,
    PubrelPacket: Connection.handle_pubrel,
    PubcompPacket: Connection.handle_pubcomp,
    SubscribePacket: Connection.handle_subscribe,
    UnsubscribePacket: Connection.handle_unsubscribe,
    PingReqPacket: Connection.handle_pingreq,
    DisconnectPacket: Connection.handle_disconnect,
}


def _packet(held: Held, again: bool) -> bytes:
    again = again or held.again
    packet = PublishPacket.build(held.topic, held.data, held.sent_as, again, 1, held.retain)
    data: bytes = packet.to_bytes()
    return data


_kept: set[asyncio.Task[None]] = set()


def keep(work: Coroutine[Any, Any, None]) -> None:
    """asyncio itself would forget a task nobody waits for."""
    task = asyncio.ensure_future(work)
    _kept.add(task)
    task.add_done_callback(_kept.discard)


def _peer(writer: WriterAdapter) -> str:
    return str((writer.get_peer_info() or ("nowhere",))[0])
