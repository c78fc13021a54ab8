"""Which part of the API answers a request: reads, writes, and addresses of their own."""

from asgiref.sync import sync_to_async

from stadtkern.kernel.sensorthings import methods, root, run
from stadtkern.kernel.sensorthings.access import lookup
from stadtkern.kernel.sensorthings.aggregate import answer as aggregates
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.batch import run as batches
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.live import events
from stadtkern.kernel.sensorthings.methods import READS
from stadtkern.kernel.sensorthings.openapi import document as openapi
from stadtkern.kernel.sensorthings.parse.options import parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource, parse_path
from stadtkern.kernel.sensorthings.posts import create_observations
from stadtkern.kernel.sensorthings.run import Request
from stadtkern.kernel.sensorthings.viewer import PUBLIC, Viewer
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.sensorthings.write.perform import perform
from stadtkern.kernel.sensorthings.write.request import request_of

__all__ = ["READS", "Call", "answer"]


async def answer(call: Call) -> Answer:
    """The answer to a request.

    Raises Problem: it cannot be served.
    """
    if call.path == batches.PATH:
        return await batches.answer(call, answer)
    if call.path == create_observations.PATH:
        return await create_observations.answer(call)
    resource = parse_path(call.path) if call.path not in ("", openapi.PATH) else None
    methods.check(call.method, resource)
    if call.method == "OPTIONS":
        allowed = ", ".join(methods.allowed(resource))
        return Answer(status=204, body=[], headers=(("Allow", allowed),))
    viewer = await _viewer(call) if call.method in READS else PUBLIC
    if call.path == openapi.PATH:
        return openapi.answer(call.base)
    if resource is None:
        parse_options(call.query)
        return root.root(call.base)
    if call.method in READS:
        return await _read(call, resource, viewer)
    return await _write(call, resource)


async def _read(call: Call, resource: Resource, viewer: Viewer) -> Answer:
    request = Request(base=call.base, path=call.path, query=call.query, viewer=viewer)
    if events.concerns(call):
        return await events.answer(call, resource, request)
    if aggregates.concerns(resource, call.query):
        return await aggregates.answer(resource, request)
    return await run.read(resource, request)


async def _viewer(call: Call) -> Viewer:
    return await lookup.viewer(call.authorization, call.headers.get("cookie", ""))


async def _write(call: Call, resource: Resource) -> Answer:
    keys.secret_in(call.authorization)
    request = request_of(call, resource, await call.body())
    return await sync_to_async(perform, thread_sensitive=False)(request)
