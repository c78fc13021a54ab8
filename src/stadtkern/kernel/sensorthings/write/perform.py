"""One write from its request to its answer: key, transaction, audit, and errors in plain words."""

from dataclasses import dataclass

import msgspec
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import ProtectedError, RestrictedError

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import ApiKey
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys, links, once
from stadtkern.kernel.sensorthings.write.change import change
from stadtkern.kernel.sensorthings.write.create import attach, create
from stadtkern.kernel.sensorthings.write.observations import Written
from stadtkern.kernel.sensorthings.write.remove import remove


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteRequest:
    """A POST, PATCH, PUT or DELETE."""

    method: str
    resource: Resource
    path: str
    base: str
    body: bytes
    authorization: str
    idempotency_key: str


def perform(request: WriteRequest) -> Answer:
    """Carry it out; what is answered with 2xx is committed. Runs in a thread of its own.

    Raises Problem: it cannot be done; then nothing of it is.
    """
    try:
        with transaction.atomic():
            return _perform(request, keys.writer(request.authorization))
    except (ProtectedError, RestrictedError):
        raise Problem(409, "a city system needs this entity") from None
    except IntegrityError as error:
        raise Problem(409, f"this contradicts what is stored: {_line(error)}") from None
    except (DataError, UnicodeEncodeError) as error:
        raise Problem(400, f"a value does not fit: {_line(error)}") from None
    except (OperationalError, InterfaceError):
        raise Problem(503, "the database does not answer", ("Retry-After", "5")) from None
    finally:
        # Hands the connection of this thread back to the pool.
        connection.close()


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _perform(request: WriteRequest, key: ApiKey) -> Answer:
    last = request.resource.last
    if request.method == "POST":
        return _post(request, key)
    number = last.id or 0
    if request.method == "DELETE":
        remove(last.entity, number)
    else:
        change(last.entity, number, _decoded(request.body), whole=request.method == "PUT")
    _note(key, request.method, last.entity, number)
    return _told(request, last.entity, number, 200)


def _post(request: WriteRequest, key: ApiKey) -> Answer:
    entity = request.resource.last.entity
    row = None
    if request.idempotency_key:
        row = once.claim(key, request.idempotency_key, request.path, request.body)
        if row.status:
            return _told(request, entity, row.number, row.status)
    made = _created(request.resource, _decoded(request.body))
    status = 201 if made.new else 200
    if entity is not OBSERVATIONS:
        _note(key, request.method, entity, made.number)
    if row is not None:
        once.keep(row, status=status, entity=entity.name, number=made.number)
    return _told(request, entity, made.number, status)


def _created(resource: Resource, body: object) -> Written:
    """A new entity in a set, or below another entity that it then hangs on."""
    last = resource.last
    if last.link is None:
        return create(last.entity, body, {})
    parent = _parent(resource.steps)
    inverse = links.INVERSE.get((parent.entity.name, last.link.name))
    number = parent.id or 0
    if inverse is not None:
        return create(last.entity, body, {inverse: number})
    made = create(last.entity, body, {})
    attach(parent.entity, number, last.link.name, made.number)
    return made


def _parent(steps: tuple[Step, ...]) -> Step:
    parent = steps[-2]
    if len(steps) > 2 or parent.id is None:
        raise Problem(405, "create below an entity's own address", ("Allow", "GET, HEAD, OPTIONS"))
    if not links.exists(parent.entity, parent.id):
        raise Problem(404, f"there is no such {parent.entity.singular}")
    return parent


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, f"the body is no JSON: {error}") from None
    except RecursionError:
        raise Problem(400, "the body is nested too deep") from None


def _note(key: ApiKey, method: str, entity: Entity, number: int) -> None:
    verbs = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
    record(f"key:{key.label}", f"sensorthings.{verbs[method]}", f"{entity.name}({number})")


def _told(request: WriteRequest, entity: Entity, number: int, status: int) -> Answer:
    if request.method == "DELETE":
        return Answer(status=status, body=[])
    address = f"{request.base}/{entity.name}({number})"
    text = msgspec.json.encode({"@iot.id": number, "@iot.selfLink": address})
    return Answer(status=status, body=[text], headers=(("Location", address),))
