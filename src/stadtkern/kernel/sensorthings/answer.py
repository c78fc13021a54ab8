"""An HTTP answer before it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from stadtkern.kernel.sensorthings.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Status, body in pieces, type of the body, and headers beside it."""

    status: int
    body: Iterable[bytes]
    kind: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def refusal(problem: Problem) -> Answer:
    """The answer to a request that cannot be served."""
    told = {"code": problem.status, "type": "error", "message": problem.message}
    return Answer(
        status=problem.status, body=[msgspec.json.encode(told)], headers=tuple(problem.headers)
    )
