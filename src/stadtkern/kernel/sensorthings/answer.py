"""An HTTP answer before it is sent."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace

import msgspec

from stadtkern.kernel.sensorthings.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Status, body in pieces, type of the body, and headers beside it.

    A body that is too long to be held at once comes as a `stream` instead. `version` is the entity
    tag of the one entity that the body tells of, without quotes.
    """

    status: int
    body: Iterable[bytes]
    kind: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    stream: AsyncGenerator[bytes] | None = None
    version: str = ""


def refusal(problem: Problem) -> Answer:
    """The answer to a request that cannot be served."""
    where = {"option": problem.option, "position": problem.position, "near": problem.near}
    told = {"code": problem.status, "type": "error", "message": problem.message}
    told |= {name: value for name, value in where.items() if value}
    return Answer(
        status=problem.status, body=[msgspec.json.encode(told)], headers=tuple(problem.headers)
    )


async def whole(answer: Answer, most: int = 50_000_000) -> Answer:
    """The same with all of its body at hand.

    Raises Problem (413): it has more than `most` bytes.
    """
    if answer.stream is None:
        return answer
    body = bytearray()
    async with aclosing(answer.stream) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > most:
                raise Problem(413, f"this is longer than {most} bytes: ask for it by itself")
    return replace(answer, body=[bytes(body)], stream=None)
