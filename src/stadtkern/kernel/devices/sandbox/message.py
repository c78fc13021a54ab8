"""What goes into the sandbox and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


@dataclass(frozen=True, kw_only=True)
class Uplink:
    """One message to decode.

    `codec` names the source (its hash, or id and version): a worker keeps sources by this name.
    `received` is ISO 8601 in UTC.
    """

    codec: str
    source: str
    f_port: int
    payload: bytes
    received: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def as_input(self) -> bytes:
        """The argument of the codec's `decodeUplink`, as JSON; `recvTime` becomes a Date inside."""
        return msgspec.json.encode(
            {
                "bytes": list(self.payload),
                "fPort": self.f_port,
                "recvTime": self.received,
                "variables": dict(self.variables),
            }
        )


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a codec made of a message, or the sentence that says why it could not."""

    data: dict[str, JSON]
    warnings: tuple[str, ...] = ()
    problem: str | None = None

    @classmethod
    def failed(cls, problem: str) -> "Decoded":
        return cls(data={}, problem=problem)
