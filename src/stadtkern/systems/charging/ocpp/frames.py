"""The three sorts of frames of OCPP-J, read with care and written plainly."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

CALL, RESULT, ERROR = 2, 3, 4
LONGEST_ID: Final = 36
# Errors of the frame itself. 1.6 (OCPP-J 1.6, 4.2.3) has one word for it, 2.0.1 (part 4, 4.3) two.
MALFORMED: Final = {"1.6": "FormationViolation", "2.0.1": "RpcFrameworkError"}
UNKNOWN_TYPE: Final = {"1.6": "FormationViolation", "2.0.1": "MessageTypeNotSupported"}
# Where no id could be read (2.0.1, part 4, 4.2.3).
NO_ID: Final = "-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A question, theirs or ours."""

    id: str
    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The answer to a call."""

    id: str
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A CALLERROR."""

    id: str
    code: str
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Malformed(Exception):
    """No frame; `failure` is what to answer, None where nothing may be answered."""

    def __init__(self, failure: Failure | None, text: str) -> None:
        super().__init__(text)
        self.failure = failure


def read(text: str, version: str) -> Call | Result | Failure:
    """The frame in a message. Raises Malformed."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad(NO_ID, MALFORMED[version], "This is no JSON.") from None
    if not isinstance(parts, list) or len(parts) < 3:
        raise _bad(NO_ID, MALFORMED[version], "A frame is an array of at least three parts.")
    number = parts[1] if isinstance(parts[1], str) and parts[1] else NO_ID
    if parts[0] == CALL:
        return _call(parts, number, version)
    if parts[0] == RESULT and isinstance(parts[2], dict):
        return Result(id=number, payload=parts[2])
    if parts[0] == ERROR:
        return Failure(id=number, code=str(parts[2]), text=str(parts[3]) if len(parts) > 3 else "")
    if parts[0] == RESULT:
        # An answer is never answered.
        raise Malformed(None, "The payload of an answer is an object.")
    raise _bad(number, UNKNOWN_TYPE[version], f"Unknown sort of message {str(parts[0])[:20]}.")


def _call(parts: list[Any], number: str, version: str) -> Call:
    if number == NO_ID or len(number) > LONGEST_ID:
        raise _bad(NO_ID, MALFORMED[version], f"The id is a text of 1 to {LONGEST_ID} characters.")
    if len(parts) != 4 or not isinstance(parts[2], str) or not isinstance(parts[3], dict):
        raise _bad(number, MALFORMED[version], "A call has an id, an action and an object.")
    return Call(id=number, action=parts[2], payload=parts[3])


def _bad(number: str, code: str, text: str) -> Malformed:
    return Malformed(Failure(id=number, code=code, text=text), text)


def write(frame: Call | Result | Failure) -> str:
    """As it goes over the line."""
    parts: list[Any]
    if isinstance(frame, Call):
        parts = [CALL, frame.id, frame.action, frame.payload]
    elif isinstance(frame, Result):
        parts = [RESULT, frame.id, frame.payload]
    else:
        parts = [ERROR, frame.id, frame.code, frame.text[:255], frame.details]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
