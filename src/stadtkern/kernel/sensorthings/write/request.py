"""What a write needs to know of its request."""

from dataclasses import dataclass

import msgspec

from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.problem import Problem

JSON, MERGE, PATCH = (
    "application/json",
    "application/merge-patch+json",
    "application/json-patch+json",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteRequest:
    """A POST, PATCH, PUT or DELETE; `kind` is the media type of its body."""

    method: str
    resource: Resource
    path: str
    query: bytes
    base: str
    body: bytes
    kind: str
    authorization: str
    idempotency_key: str
    prefer: str
    if_match: str = ""

    @property
    def returns(self) -> str:
        """What the client wants to get back (RFC 7240): representation, minimal, or ''."""
        wishes = [one.strip().lower() for one in self.prefer.replace(";", ",").split(",")]
        found = [one.removeprefix("return=") for one in wishes if one.startswith("return=")]
        return found[0] if found and found[0] in ("representation", "minimal") else ""

    def decoded(self) -> object:
        """The body as JSON.

        Raises Problem (400): it is none.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Problem(400, f"the body is no JSON: {error}") from None
        except RecursionError:
            raise Problem(400, "the body is nested too deep") from None


def request_of(call: Call, resource: Resource, body: bytes) -> WriteRequest:
    """The write that a call asks for.

    Raises Problem (415): its body is of a type that the method does not take.
    """
    fitting = (JSON, MERGE, PATCH) if call.method == "PATCH" else (JSON,)
    if call.method != "DELETE" and (call.kind or JSON) not in fitting:
        raise Problem(415, f"the body must be {' or '.join(fitting)}")
    return WriteRequest(
        method=call.method,
        resource=resource,
        path=call.path,
        query=call.query,
        base=call.base,
        body=body,
        kind=call.kind or JSON,
        authorization=call.authorization,
        idempotency_key=call.headers.get("idempotency-key", ""),
        prefer=call.headers.get("prefer", ""),
        if_match=call.headers.get("if-match", ""),
    )
