"""All lines of this process, and what the database has for them: commands, and who hangs up."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError

from stadtkern.kernel.sensorthings.pool import address
from stadtkern.systems.charging.logic.commands import answers, claiming
from stadtkern.systems.charging.logic.commands.asking import CHANNEL
from stadtkern.systems.charging.models import Command
from stadtkern.systems.charging.ocpp import log as kept
from stadtkern.systems.charging.ocpp import schemas, v16, v201
from stadtkern.systems.charging.ocpp.frames import Failure, Result
from stadtkern.systems.charging.ocpp.line import Line, Silent
from stadtkern.systems.charging.ocpp.v16.outgoing import Impossible
from stadtkern.systems.charging.ocpp.work import run

# Notices wake us at once; this is for those that were lost.
EVERY: Final = 5.0
BACKOFF: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
COMPOSE: Final = {"1.6": v16.compose, "2.0.1": v201.compose}

log = structlog.get_logger("charging")


class Exchange:
    """Runs while there is a line."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._doing: set[asyncio.Task[None]] = set()

    def join(self, line: Line) -> None:
        """A newer line of the same point takes the place of an older one."""
        older = self._lines.get(line.known.pk)
        self._lines[line.known.pk] = line
        if older is not None:
            older.close()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._serve())]
        self._wake.set()

    def leave(self, line: Line) -> None:
        """Without any line nothing is listened to."""
        if self._lines.get(line.known.pk) is line:
            del self._lines[line.known.pk]
        if not self._lines:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _listen(self) -> None:
        """Stay connected; after every interruption look."""
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **address(), application_name="stadtkern-ocpp"
                ) as ears:
                    await ears.execute(f"listen {CHANNEL}")
                    failures = 0
                    self._wake.set()
                    async for notice in ears.notifies():
                        if notice.payload.isdecimal() and int(notice.payload) in self._lines:
                            self._wake.set()
            except (psycopg.Error, OSError) as error:
                log.warning("commands wait for the database", error=str(error))
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1

    async def _serve(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._round()
            except (DatabaseError, InterfaceError, OSError) as error:
                log.warning("commands wait for the database", error=str(error))
                await asyncio.sleep(1)
            except Exception:
                log.exception("commands failed")
                await asyncio.sleep(1)

    async def _round(self) -> None:
        lines = dict(self._lines)
        counting = {number: line.known.line for number, line in lines.items()}
        for number in await run(claiming.replaced, counting):
            lines[number].close()
        for command in await run(claiming.claim, counting):
            self._start(self._do(lines[command.point_id], command))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _do(self, line: Line, command: Command) -> None:
        """Send one command and keep its answer; then the next one of this point may go."""
        try:
            action, payload = await run(_composed, command, line.known.version)
        except (Impossible, schemas.Wrong) as wrong:
            await run(answers.settle, command.pk, said={}, problem=str(wrong))
        else:
            await self._ask(line, command, action, payload)
        self._wake.set()

    async def _ask(
        self, line: Line, command: Command, action: str, payload: dict[str, Any]
    ) -> None:
        try:
            answer = await line.call(action, payload)
        except Silent:
            await run(_lost, command, action, payload)
        except Exception as error:  # noqa: BLE001  the line broke while we spoke: no answer
            log.info("command not sent", point=line.known.identity, error=str(error))
            await run(_lost, command, action, payload)
        else:
            await run(_answered, command, action, payload, answer)


def _composed(command: Command, version: str) -> tuple[str, dict[str, Any]]:
    action, payload = COMPOSE[version](command)
    schemas.check(version, action, payload)
    return action, payload


def _lost(command: Command, action: str, payload: dict[str, Any]) -> None:
    kept.write(command.point_id, action, ours=True, asked=payload, error="NoAnswer")
    answers.settle(command.pk, said={}, timeout=True)


def _answered(
    command: Command, action: str, payload: dict[str, Any], answer: Result | Failure
) -> None:
    if isinstance(answer, Failure):
        kept.write(command.point_id, action, ours=True, asked=payload, error=answer.code,
                   detail=answer.text)  # fmt: skip
        problem = f"{answer.code} {answer.text}".strip()
        answers.settle(command.pk, said={}, problem=problem)
        return
    kept.write(command.point_id, action, ours=True, asked=payload, answered=answer.payload)
    answers.settle(command.pk, said=kept.hidden(answer.payload))


_exchanges: WeakKeyDictionary[asyncio.AbstractEventLoop, Exchange] = WeakKeyDictionary()


def here() -> Exchange:
    """The one of this event loop."""
    return _exchanges.setdefault(asyncio.get_running_loop(), Exchange())
