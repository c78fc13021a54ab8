"""One connection to one point: its calls are answered in order, ours wait for their answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import structlog

from stadtkern.systems.charging.logic.points import Known
from stadtkern.systems.charging.ocpp import answering, frames
from stadtkern.systems.charging.ocpp.frames import Call, Failure, Malformed, Result
from stadtkern.systems.charging.ocpp.work import run

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A point has one call open at a time; one that sends so many without waiting is broken.
MOST_WAITING: Final = 64
PATIENCE: Final = 30.0
# RFC 6455, 7.4.1: what is sent breaks the policy; another process or a newer connection takes over.
POLICY, REPLACED, NO_TEXT = 1008, 1001, 1003

log = structlog.get_logger("charging")


class Silent(Exception):
    """A call of ours got no answer in time."""


class Line:
    """It ends when the point hangs up, or by `close`."""

    def __init__(self, known: Known, send: Send) -> None:
        self.known = known
        self._send = send
        self._sending = asyncio.Lock()
        self._calling = asyncio.Lock()
        self._waiting: dict[str, asyncio.Future[Result | Failure]] = {}
        self._calls: asyncio.Queue[Call | Malformed] = asyncio.Queue(MOST_WAITING)
        self._over = asyncio.Event()
        self._code = 1000

    async def run(self, receive: Receive) -> None:
        """Read and answer until one of both sides hangs up."""
        tasks = {
            asyncio.create_task(self._read(receive)),
            asyncio.create_task(self._answer()),
            asyncio.create_task(self._over.wait()),
        }
        try:
            done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._give_up()
            with contextlib.suppress(Exception):
                await self._send({"type": "websocket.close", "code": self._code})

    def close(self, code: int = REPLACED) -> None:
        """Hang up soon."""
        self._code = code
        self._over.set()

    async def call(self, action: str, payload: dict[str, Any]) -> Result | Failure:
        """Ask the point; one question after the other (OCPP-J 1.6, 4.1.1). Raises Silent."""
        async with self._calling:
            number = str(uuid4())
            answer: asyncio.Future[Result | Failure] = asyncio.get_running_loop().create_future()
            self._waiting[number] = answer
            try:
                await self._write(Call(id=number, action=action, payload=payload))
                async with asyncio.timeout(PATIENCE):
                    return await answer
            except TimeoutError:
                raise Silent from None
            finally:
                self._waiting.pop(number, None)

    async def _read(self, receive: Receive) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return None
            text = event.get("text")
            if text is None:
                return self.close(NO_TEXT)
            try:
                frame: Call | Malformed | Result | Failure = frames.read(text, self.known.version)
            except Malformed as malformed:
                frame = malformed
            if isinstance(frame, Result | Failure):
                self._is_answered(frame)
            elif self._calls.full():
                return self.close(POLICY)
            else:
                self._calls.put_nowait(frame)

    def _is_answered(self, frame: Result | Failure) -> None:
        """Answers go to who waits for them; unknown ones are dropped."""
        waits = self._waiting.get(frame.id)
        if waits is not None and not waits.done():
            waits.set_result(frame)

    async def _answer(self) -> None:
        """In the order in which they came, each after its commit."""
        while True:
            frame = await self._calls.get()
            try:
                answer = await self._answered(frame)
            except answering.Gone:
                return self.close()
            if answer is not None:
                await self._write(answer)

    async def _answered(self, frame: Call | Malformed) -> Result | Failure | None:
        if isinstance(frame, Malformed):
            await run(answering.refuse_frame, self.known, frame)
            return frame.failure
        try:
            return await run(answering.answer, self.known, frame)
        except answering.Gone:
            raise
        except Exception:
            # The database is away: the point sends it again after a CALLERROR.
            log.exception("call not answered", point=self.known.identity, action=frame.action)
            return Failure(id=frame.id, code="InternalError", text="Please send it again later.")

    async def _write(self, frame: Call | Result | Failure) -> None:
        async with self._sending:
            await self._send({"type": "websocket.send", "text": frames.write(frame)})

    def _give_up(self) -> None:
        for waits in self._waiting.values():
            if not waits.done():
                waits.set_exception(Silent())
