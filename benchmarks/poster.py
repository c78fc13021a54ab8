"""A load generator on raw sockets: `poster.py PLAN.json FOUND.json` posts and notes what it found.

The plan: {host, port, key, seconds, connections, requests: [[path, body], ...]}; the connections
take turns at the requests, one under way each. Found: {answers, seconds, statuses, times}.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, cast

import uvloop


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the one before is complete."""

    def __init__(self, run: "Run") -> None:
        self.run, self.received = run, b""
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(next(self.run.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not complete(self.received):
            return
        now = time.perf_counter()
        self.run.times.append(now - self.began)
        self.run.statuses[self.received[9:12].decode()] += 1
        self.received = b""
        if now < self.run.end:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self.closed.set_result(None)


def complete(answer: bytes) -> bool:
    """Whether all of an HTTP answer is there, be it of a length told before or in pieces."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return False
    _, named, rest = head.lower().partition(b"content-length:")
    return len(body) >= int(rest.split(b"\r\n")[0]) if named else body.endswith(b"0\r\n\r\n")


class Run:
    """What all connections share."""

    def __init__(self, plan: dict[str, Any]) -> None:
        head = (
            "POST {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
        )
        where = plan["host"], plan["port"], plan["key"]
        made = [(head.format(p, *where, len(b.encode())) + b).encode() for p, b in plan["requests"]]
        self.requests = itertools.cycle(made)
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.end = time.perf_counter() + plan["seconds"]


async def post(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry the plan out."""
    loop, run, began = asyncio.get_running_loop(), Run(plan), time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(run), plan["host"], plan["port"])
        for _ in range(plan["connections"])
    ]
    await asyncio.gather(*(protocol.closed for _, protocol in made))
    seconds = time.perf_counter() - began
    return {
        "answers": len(run.times),
        "seconds": seconds,
        "statuses": run.statuses,
        "times": run.times,
    }


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(uvloop.run(post(plan))), encoding="utf-8")
