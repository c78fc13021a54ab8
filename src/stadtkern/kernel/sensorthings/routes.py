"""Which part of the API answers a request: reads, writes, and addresses of their own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from stadtkern.kernel.sensorthings import root, run
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.parse.options import parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource, parse_path
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.run import Request
from stadtkern.kernel.sensorthings.viewer import PUBLIC
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.sensorthings.write.perform import WriteRequest, perform

READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request, be it of its own or a part of a batch. Header names are in lower case.

    `path` lies below the service's root `base`, without slashes at its ends; `body` reads the body
    when it is first asked for.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    base: str
    body: Callable[[], Awaitable[bytes]]

    @property
    def authorization(self) -> str:
        """The credentials as they came; empty where there are none."""
        return self.headers.get("authorization", "")


async def answer(call: Call) -> Answer:
    """The answer to a request.

    Raises Problem: it cannot be served.
    """
    resource = parse_path(call.path) if call.path else None
    allowed = _allowed(resource)
    if call.method not in allowed:
        raise Problem(405, f"{call.method} is not possible here", ("Allow", ", ".join(allowed)))
    if call.method == "OPTIONS":
        return Answer(status=204, body=[], headers=(("Allow", ", ".join(allowed)),))
    if resource is None:
        parse_options(call.query)
        return root.root(call.base)
    if call.method in READS:
        request = Request(base=call.base, path=call.path, query=call.query, viewer=PUBLIC)
        return await run.read(resource, parse_options(call.query), request)
    return await _write(call, resource)


def _allowed(resource: Resource | None) -> tuple[str, ...]:
    """The methods of an address: entities are changed at their own, not over a link."""
    if resource is None or resource.field or resource.ref:
        return READS
    if resource.many:
        return (*READS, "POST")
    return (*READS, "PATCH", "PUT", "DELETE") if len(resource.steps) == 1 else READS


async def _write(call: Call, resource: Resource) -> Answer:
    keys.secret_in(call.authorization)
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if call.method != "DELETE" and kind != "application/json":
        raise Problem(415, "the body must be application/json")
    request = WriteRequest(
        method=call.method,
        resource=resource,
        path=call.path,
        base=call.base,
        body=await call.body(),
        authorization=call.authorization,
        idempotency_key=call.headers.get("idempotency-key", ""),
    )
    return await sync_to_async(perform, thread_sensitive=False)(request)
