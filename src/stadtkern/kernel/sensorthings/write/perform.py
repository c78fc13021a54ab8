"""One write from its request to its answer: who, what, the audit log."""

import msgspec

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.sensorthings import etag
from stadtkern.kernel.sensorthings.access.grant import Grant
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.options import Options, parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import (
    address,
    keys,
    links,
    multi,
    once,
    patches,
    refs,
    shown,
    sweep,
)
from stadtkern.kernel.sensorthings.write.attempt import attempt, let_go
from stadtkern.kernel.sensorthings.write.change import change, locked
from stadtkern.kernel.sensorthings.write.create import attach, create
from stadtkern.kernel.sensorthings.write.deed import Deed
from stadtkern.kernel.sensorthings.write.observations import Written
from stadtkern.kernel.sensorthings.write.remove import remove
from stadtkern.kernel.sensorthings.write.request import WriteRequest


def perform(request: WriteRequest) -> Answer:
    """Carry it out; what is answered with 2xx is committed. Runs in a thread of its own.

    Raises Problem: it cannot be done; then nothing of it is. A filtered DELETE commits in pieces.
    """
    try:
        if _is_sweep(request):
            return _in_pieces(request)
        return attempt(lambda: carry_out(request, keys.writer(request.authorization)))
    finally:
        let_go()


def carry_out(request: WriteRequest, writer: Grant) -> Answer:
    """Carry it out in the transaction of the caller.

    Raises Problem: it cannot be done; the caller's transaction must end.
    """
    if request.resource.ref:
        refs.relink(request)
        _note(writer, "update", request.path)
        return Answer(status=204, body=[])
    if request.method == "POST":
        return _post(request, writer)
    if _is_sweep(request):
        return _at_once(request, writer)
    entity, number = request.resource.last.entity, address.number(request.resource)
    if request.if_match:
        locked(entity, number)
        etag.check(entity, number, request.if_match)
    if request.method == "DELETE":
        if parse_options(request.query) != Options():
            raise Problem(400, "the DELETE of one entity takes no options")
        remove(entity, number)
        _note(writer, "delete", f"{entity.name}({number})")
        return Answer(status=200, body=[])
    _change(request, entity, number)
    _note(writer, "update", f"{entity.name}({number})")
    return _told(request, entity, number, 200)


def _change(request: WriteRequest, entity: Entity, number: int) -> None:
    body = request.decoded()
    if request.kind in patches.KINDS:
        locked(entity, number)
        body = patches.body_of(request.kind, entity, number, body)
    change(entity, number, body, request.base, whole=request.method == "PUT")


def _post(request: WriteRequest, writer: Grant) -> Answer:
    entity = request.resource.last.entity
    row = None
    if request.idempotency_key:
        row = once.claim(writer.holder, request.idempotency_key, request.path, request.body)
        if row.status:
            return _told(request, entity, row.number, row.status)
    deed = Deed(base=request.base)
    made = _created(request.resource, request.decoded(), deed)
    deed.finish(_actor(writer))
    status = 201 if made.new else 200
    if row is not None:
        once.keep(row, status=status, entity=entity.name, number=made.number)
    return _told(request, entity, made.number, status)


def _created(resource: Resource, body: object, deed: Deed) -> Written:
    """A new entity in a set, or below another entity that it then hangs on."""
    last = resource.last
    if last.link is None:
        return create(last.entity, body, {}, deed)
    parent = resource.steps[-2].entity
    number = address.check(Resource(steps=resource.steps[:-1]))
    name = last.link.name
    if (parent.name, name) in links.INVERSE:
        return create(last.entity, body, {links.INVERSE[parent.name, name]: number}, deed)
    if not links.placed(parent, name):
        raise Problem(400, multi.FIXED)
    made = create(last.entity, body, {}, deed)
    attach(parent, number, name, made.number)
    return made


def _is_sweep(request: WriteRequest) -> bool:
    resource = request.resource
    return request.method == "DELETE" and resource.many and not resource.ref


def _in_pieces(request: WriteRequest) -> Answer:
    """A filtered DELETE in transactions of its own; what was deleted is told even if it fails."""
    writer = attempt(lambda: keys.writer(request.authorization))
    total = 0
    try:
        for count in sweep.counts(
            request, lambda piece: attempt(lambda: keys.within(writer, piece))
        ):
            total += count
    except Problem as problem:
        said = f"{problem.message} ({total} were deleted)"
        raise Problem(problem.status, said, *problem.headers) from None
    finally:
        if total:
            attempt(lambda: _note_sweep(writer, request, total))
    return _counted(total)


def _at_once(request: WriteRequest, writer: Grant) -> Answer:
    """A filtered DELETE in the caller's transaction."""
    total = sum(sweep.counts(request, lambda piece: piece()))
    _note_sweep(writer, request, total)
    return _counted(total)


def _counted(total: int) -> Answer:
    return Answer(status=200, body=[msgspec.json.encode({"deleted": total})])


def _note_sweep(writer: Grant, request: WriteRequest, total: int) -> None:
    query = request.query.decode("ascii", "replace")[:2000]
    record(_actor(writer), "sensorthings.delete", request.path[:200], query=query, deleted=total)


def _actor(writer: Grant) -> str:
    return writer.name


def _note(writer: Grant, verb: str, target: str) -> None:
    record(_actor(writer), f"sensorthings.{verb}", target[:200])


def _told(request: WriteRequest, entity: Entity, number: int, status: int) -> Answer:
    """The answer about an entity, in the length that the client prefers."""
    link = f"{request.base}/{entity.name}({number})"
    headers = [("Location", link)] if request.method == "POST" else []
    if request.returns:
        headers.append(("Preference-Applied", f"return={request.returns}"))
    if request.returns == "minimal":
        return Answer(status=204, body=[], headers=(*headers, ("OData-EntityId", link)))
    if request.returns == "representation":
        text = shown.text(entity, number, request.base)
    else:
        text = msgspec.json.encode({"@iot.id": number, "@iot.selfLink": link})
    return Answer(status=status, body=[text], headers=tuple(headers))
