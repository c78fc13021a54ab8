"""`Idempotency-Key`: the same request again gets the first answer and changes nothing."""

import hashlib
from datetime import timedelta

from django.db import IntegrityError, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.models import IdempotentRequest
from stadtkern.kernel.sensorthings.problem import Problem

KEPT = timedelta(hours=24)
_LONGEST = 200


def claim(holder: str, key: str, address: str, body: bytes) -> IdempotentRequest:
    """The row of this request; with a status where it was answered before.

    The unique key makes a simultaneous twin wait until the first is committed.
    Raises Problem: the key was used with another body (422), or is too long (400).
    """
    if len(key) > _LONGEST:
        raise Problem(400, f"Idempotency-Key is longer than {_LONGEST} characters")
    digest = hashlib.sha256(address.encode() + b"\0" + body).hexdigest()
    own = IdempotentRequest.objects.filter(holder=holder)
    own.filter(created__lt=clock.now() - KEPT).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(holder=holder, key=key, digest=digest)
    except IntegrityError:
        found = own.get(key=key)
    if found.digest != digest:
        raise Problem(422, "this Idempotency-Key was used with another address or body")
    return found


def keep(row: IdempotentRequest, *, status: int, entity: str, number: int) -> None:
    """Remember the answer, in the transaction that made what it names."""
    row.status, row.entity, row.number = status, entity, number
    row.save(update_fields=["status", "entity", "number"])
