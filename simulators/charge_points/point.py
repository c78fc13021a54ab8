"""A charge point: its outlets, its queue of what must not be lost, and what the city asks of it."""

import asyncio
import base64
import random
import uuid
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import websockets
from ocpp.exceptions import OCPPError
from websockets import Subprotocol

from simulators.charge_points import cars
from simulators.charge_points.outlet import Outlet, Session, now

TICK = 2.0
METER_EVERY = 30.0
# They do not come all at once; and how often one looks what is to be sent.
SPREAD, LOOK = 4.0, 1.0
ZONE = ZoneInfo("Europe/Berlin")
Work = Callable[[], Coroutine[Any, Any, None]]


class Point(ABC):
    """What both versions have in common; `v16.py` and `v201.py` put it into words.

    What concerns a session waits in the queue until the city has acknowledged it, in its order.
    """

    PROTOCOL = ""

    def __init__(self, told: dict[str, Any], cards: list[str], base: str, *, lively: bool) -> None:
        self.identity, self.password = told["identity"], told["password"]
        self.url = base.replace("http", "ws", 1) + f"/ocpp/{self.identity}"
        self.outlets = [
            Outlet(number=o["number"], phases=o["phases"], volts=o["volts"], most_a=o["amps"],
                   direct=o["direct"], wh=float(o["register_wh"]))
            for o in told["outlets"]
        ]  # fmt: skip
        self.cards, self.lively = cards, lively
        self.rng = random.Random(self.identity)
        self.queue: deque[Work] = deque()
        self.client: Any = None
        self.heartbeat = 300.0
        self.firmware = told.get("firmware", "1.4.2")
        self.settings = {"HeartbeatInterval": "300", "MeterValueSampleInterval": "30"}
        self.restarts = asyncio.Event()
        self.away = 0.0
        self.first = True
        self.doing: set[asyncio.Task[None]] = set()

    # The street.

    async def live(self) -> None:
        """Cars come and go, connected or not."""
        since_meter = 0.0
        await asyncio.sleep(self.rng.uniform(0, TICK))
        if self.lively:
            for outlet in self.outlets:
                if self.rng.random() < 0.45:
                    await self.plug_in(outlet)
        while True:
            await asyncio.sleep(TICK)
            since_meter += TICK
            due, since_meter = since_meter >= METER_EVERY, since_meter % METER_EVERY
            for outlet in self.outlets:
                outlet.run(TICK)
                await self.happens(outlet)
                if due and outlet.session is not None:
                    self.later_meter(outlet)
                await self.show(outlet)

    async def happens(self, outlet: Outlet) -> None:
        hour = datetime.now(ZONE).hour
        car = outlet.car
        if car is None:
            free = outlet.operative and not outlet.reserved
            if self.lively and free and cars.arrives(self.rng, hour, TICK):
                await self.plug_in(outlet)
        elif outlet.session is not None and (car.full or car.stays <= 0):
            self.end(outlet, "EVDisconnected" if car.stays <= 0 else "Local")
        elif outlet.session is None and car.stays <= 0:
            outlet.car = None

    async def plug_in(self, outlet: Outlet, card: str = "") -> None:
        outlet.car = cars.come(self.rng, self.cards, direct=outlet.direct)
        outlet.car.card = card or outlet.car.card
        await self.show(outlet, "Preparing")
        await self.begin(outlet, outlet.car.card)

    async def begin(self, outlet: Outlet, card: str) -> None:
        if outlet.reserved and outlet.reserved[1] == card:
            outlet.reserved = None
        outlet.session = Session(
            own=str(uuid.uuid4()), card=card, begun=now(), begun_wh=outlet.register
        )
        self.later_start(outlet, outlet.session)

    def end(self, outlet: Outlet, reason: str) -> None:
        """One outlet of the demo forgets to say so."""
        session, outlet.session = outlet.session, None
        if session is None:
            return
        if outlet.forgets:
            outlet.forgets, outlet.car = False, None
            return
        self.later_stop(outlet, session, reason)

    async def show(self, outlet: Outlet, status: str = "") -> None:
        """Tell a status that has changed; without a connection the newest is told later."""
        wanted = status or outlet.becomes
        if wanted != outlet.status:
            outlet.status = wanted
            if self.client is not None:
                await self.quietly(self.tell_status(outlet))

    # The line.

    async def connect(self) -> None:
        """Come back whenever the line breaks, not all at once."""
        await asyncio.sleep(self.rng.uniform(0, SPREAD))
        pause = 2.0
        while True:
            try:
                async with websockets.connect(
                    self.url, subprotocols=[Subprotocol(self.PROTOCOL)], compression=None,
                    additional_headers=[("Authorization", self.basic())], open_timeout=20,
                    ping_interval=None, max_size=2**18,
                ) as socket:  # fmt: skip
                    pause = 2.0
                    await self.talk(socket)
            except (OSError, OCPPError, websockets.WebSocketException, TimeoutError):
                # Also where the city answered with an error: what waits is sent again later.
                pause = min(pause * 2, 60.0)
            self.client = None
            await asyncio.sleep(max(self.away, pause * self.rng.uniform(0.7, 1.3)))
            self.away = 0.0

    def basic(self) -> str:
        token = base64.b64encode(f"{self.identity}:{self.password}".encode()).decode()
        return f"Basic {token}"

    async def talk(self, socket: Any) -> None:
        self.client = self.speaker(socket)
        self.restarts.clear()
        reading = asyncio.create_task(self.client.start())
        working = asyncio.create_task(self.work())
        restarting = asyncio.create_task(self.restarts.wait())
        try:
            await asyncio.wait({reading, working, restarting}, return_when="FIRST_COMPLETED")
            for task in (reading, working):
                if task.done():
                    task.result()
        finally:
            self.client = None
            for task in (reading, working, restarting):
                task.cancel()
            await asyncio.gather(reading, working, restarting, return_exceptions=True)

    async def work(self) -> None:
        """Boot, say how all outlets are, send what waited, then heartbeats."""
        while not await self.boot():
            await asyncio.sleep(15)
        for outlet in self.outlets:
            await self.tell_status(outlet)
        beat = 0.0
        while True:
            while self.queue:
                await self.queue[0]()
                self.queue.popleft()
            await asyncio.sleep(LOOK)
            beat += LOOK
            if beat >= self.heartbeat:
                beat = 0.0
                await self.beat()

    async def quietly(self, work: Coroutine[Any, Any, None]) -> None:
        """What is told anew after a break may fail now."""
        try:
            await work
        except (OSError, OCPPError, websockets.WebSocketException, TimeoutError):
            return

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside the answer to who asked; what fails then fails alone."""
        task = asyncio.get_running_loop().create_task(self.quietly(work))
        self.doing.add(task)
        task.add_done_callback(self.doing.discard)

    def lose_line(self, seconds: float) -> None:
        """Offline for a while: sessions go on, the queue grows."""
        self.away = seconds
        self.restarts.set()

    def outlet(self, number: int | None) -> Outlet | None:
        """The outlet of this number; the first free one where none is named."""
        if not number:
            return next((one for one in self.outlets if one.session is None), None)
        return next((one for one in self.outlets if one.number == number), None)

    # What the city asks, as both versions understand it.

    def may_start(self, number: int | None, card: str) -> bool:
        outlet = self.outlet(number)
        if outlet is None or outlet.session is not None or not outlet.operative:
            return False
        self.soon(self.plug_in(outlet, card))
        return True

    def may_stop(self, wanted: Callable[[Session], bool]) -> bool:
        for outlet in self.outlets:
            if outlet.session is not None and wanted(outlet.session):
                self.end(outlet, "Remote")
                return True
        return False

    def reserve(self, number: int, reservation: int, card: str) -> str:
        outlet = self.outlet(number)
        if outlet is None or not outlet.operative:
            return "Unavailable"
        if outlet.car is not None or outlet.reserved:
            return "Occupied"
        outlet.reserved = (reservation, card)
        return "Accepted"

    def unreserve(self, reservation: int) -> bool:
        for outlet in self.outlets:
            if outlet.reserved and outlet.reserved[0] == reservation:
                outlet.reserved = None
                return True
        return False

    def unlock(self, number: int) -> bool:
        outlet = self.outlet(number)
        if outlet is None:
            return False
        self.end(outlet, "UnlockCommand")
        outlet.car = None
        return True

    def available(self, number: int, operative: bool) -> str:
        """A car that charges finishes first."""
        for outlet in self.outlets:
            if number in (0, outlet.number):
                outlet.operative = operative
        return "Accepted"

    def limit(self, number: int, amps: float | None) -> None:
        for outlet in self.outlets:
            if number in (0, outlet.number):
                outlet.limit_a = None if amps is None else int(amps)

    def restart(self, *, hard: bool) -> None:
        for outlet in self.outlets:
            if outlet.session is not None:
                self.end(outlet, "HardReset" if hard else "SoftReset")
        self.away = 8.0
        asyncio.get_running_loop().call_later(1.0, self.restarts.set)

    # In words, by version.

    async def ask(self, question: Any) -> Any:
        if self.client is None:
            raise ConnectionError("no line")
        return await self.client.call(question, suppress=False)

    @abstractmethod
    def speaker(self, socket: Any) -> Any: ...

    @abstractmethod
    async def boot(self) -> bool: ...

    @abstractmethod
    async def beat(self) -> None: ...

    @abstractmethod
    async def tell_status(self, outlet: Outlet) -> None: ...

    @abstractmethod
    def later_start(self, outlet: Outlet, session: Session) -> None: ...

    @abstractmethod
    def later_meter(self, outlet: Outlet) -> None: ...

    @abstractmethod
    def later_stop(self, outlet: Outlet, session: Session, reason: str) -> None: ...
