"""A group of changes in one transaction: all of them are done, or none."""

from collections.abc import Awaitable, Callable

from stadtkern.kernel.sensorthings import methods
from stadtkern.kernel.sensorthings.access.grant import Grant
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.batch.parts import Group, Part
from stadtkern.kernel.sensorthings.batch.references import Known, place_of, resolved
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.parse.path import parse_path
from stadtkern.kernel.sensorthings.posts import create_observations
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.sensorthings.write.attempt import attempt, let_go
from stadtkern.kernel.sensorthings.write.perform import carry_out
from stadtkern.kernel.sensorthings.write.request import request_of

# What a part may say of itself; who asks is settled by the batch.
_HEADERS = ("content-type", "accept", "prefer", "if-match", "if-none-match", "idempotency-key")


class GroupFailed(Exception):
    """The request of a group that could not be done, by its place, and why."""

    def __init__(self, place: int, problem: Problem) -> None:
        super().__init__(problem.message)
        self.place = place
        self.problem = problem


def call_of(part: Part, batch: Call, known: Known) -> Call:
    """A part as a request of its own.

    Raises Problem (400): its address is none of this service, or refers to nothing.
    """
    path, query = place_of(part.url, batch.base, known)
    if path == "$batch":
        raise Problem(400, "a batch cannot hold a batch")
    body = resolved(part.body, known)

    async def read() -> bytes:
        return body

    return Call(
        method=part.method,
        path=path,
        query=query,
        headers=_headers(part, batch),
        base=batch.base,
        body=read,
    )


def _headers(part: Part, batch: Call) -> dict[str, str]:
    """What the batch says of who asks, and what the part says of itself.

    A batch with an Idempotency-Key gives each POST in it one of its own.
    """
    own = {name: value for name, value in part.headers.items() if name in _HEADERS}
    outer = {n: v for n, v in batch.headers.items() if n not in (*_HEADERS, "content-length")}
    key = batch.headers.get("idempotency-key")
    if key and part.method == "POST":
        own.setdefault("idempotency-key", f"{key}#{part.name or part.url}")
    return {**outer, **own}


def entity_of(call: Call, answer: Answer) -> str:
    """The path of the entity that a request made or is about; empty where it is about none."""
    made = dict(answer.headers).get("Location", "")
    if made or call.method == "POST":
        return made.removeprefix(f"{call.base}/")
    try:
        resource = parse_path(call.path)
    except Problem:
        return ""
    return "" if resource.many or resource.field or resource.ref else call.path


def carry_out_all(group: Group, batch: Call, known: Known) -> tuple[list[Answer], Known]:
    """Do the changes of a group; also what may be referred to after it. Runs in its own thread.

    Raises GroupFailed: one cannot be done; then none is.
    """
    place = 0

    def work() -> tuple[list[Answer], Known]:
        nonlocal place
        writer = keys.writer(batch.authorization)
        names, answers = dict(known), []
        for place, part in enumerate(group.parts):  # noqa: B007  said below, where one fails
            call = call_of(part, batch, names)
            answers.append(_carried_out(call, resolved(part.body, names), writer))
            if part.name and (path := entity_of(call, answers[-1])):
                names[part.name] = path
        return answers, names

    try:
        return attempt(work)
    except Problem as problem:
        raise GroupFailed(place, problem) from None
    finally:
        let_go()


def _carried_out(call: Call, body: bytes, writer: Grant) -> Answer:
    if call.method in methods.READS:
        raise Problem(400, "a change set holds changes only: read before or after it")
    if call.path == create_observations.PATH and call.method == "POST":
        return create_observations.carry_out(call, body)
    resource = parse_path(call.path)
    methods.check(call.method, resource)
    return carry_out(request_of(call, resource, body), writer)


Each = Callable[[Call], Awaitable[Answer]]
