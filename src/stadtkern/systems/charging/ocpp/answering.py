"""One call of a point: checked, done, committed, kept in the log, and only then answered."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from stadtkern.systems.charging.logic import points
from stadtkern.systems.charging.logic.points import Known
from stadtkern.systems.charging.ocpp import frames, log, schemas, v16, v201
from stadtkern.systems.charging.ocpp.frames import Call, Failure, Result
from stadtkern.systems.charging.ocpp.schemas import Wrong

Handler = Callable[[Known, dict[str, Any]], dict[str, Any]]
HANDLERS: Mapping[str, Mapping[str, Handler]] = {"1.6": v16.HANDLERS, "2.0.1": v201.HANDLERS}
# What a point may say before it is released (1.6, 4.2; 2.0.1, B02.FR.09, B03.FR.07).
BEFORE = ("BootNotification",)

logger = structlog.get_logger("charging")


class Gone(Exception):
    """This connection counts no more."""


def answer(known: Known, call: Call) -> Result | Failure:
    """What goes back. Raises Gone."""
    begun = time.perf_counter()
    admission = points.heard(known)
    if not admission:
        raise Gone
    found = _done(known, call, admission)
    log.write(
        known.pk, call.action, ours=False, asked=call.payload,
        answered=found.payload if isinstance(found, Result) else None,
        error=found.code if isinstance(found, Failure) else "",
        detail=found.text if isinstance(found, Failure) else "",
        milliseconds=round((time.perf_counter() - begun) * 1000),
    )  # fmt: skip
    return found


def _done(known: Known, call: Call, admission: str) -> Result | Failure:
    if not schemas.knows(known.version, call.action):
        # OCPP-J 1.6, 4.2.3 and 2.0.1 part 4, 4.3: not known; what is known but not ours to answer
        # is not supported.
        return Failure(id=call.id, code="NotImplemented", text="No such action is known.")
    handler = HANDLERS[known.version].get(call.action)
    if handler is None:
        return Failure(id=call.id, code="NotSupported", text="Only the city asks this, or nobody.")
    try:
        schemas.check(known.version, call.action, call.payload)
    except Wrong as wrong:
        return Failure(id=call.id, code=wrong.code, text=str(wrong))
    if admission != "accepted" and call.action not in BEFORE:
        return Failure(id=call.id, code="SecurityError", text="This point is not released.")
    return _handled(known, call, handler)


def _handled(known: Known, call: Call, handler: Handler) -> Result | Failure:
    try:
        return Result(id=call.id, payload=handler(known, call.payload))
    except Wrong as wrong:
        return Failure(id=call.id, code=wrong.code, text=str(wrong))
    except Exception:
        # Without the payload: it may hold a token.
        logger.exception("call failed", point=known.identity, action=call.action)
        return Failure(id=call.id, code="InternalError", text="Please send it again later.")


def refuse_frame(known: Known, malformed: frames.Malformed) -> None:
    """Keep that something came that was no frame."""
    if not points.heard(known):
        raise Gone
    code = malformed.failure.code if malformed.failure else ""
    log.write(known.pk, "", ours=False, error=code, detail=str(malformed))
