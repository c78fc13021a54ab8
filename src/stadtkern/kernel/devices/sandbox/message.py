"""What goes into the sandbox and what comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, TypeAlias

import msgspec

from stadtkern.kernel.devices.sandbox import wire


class Mode(Enum):
    """Where a call runs: in a context of its own; in one that the codec's messages share as soon
    as that pays, or at once; in one of its own with a trace.
    """

    FRESH = wire.FRESH
    SHARED = wire.SHARED
    FORCED = wire.FORCED
    TRACED = wire.TRACED


JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What the editor's test shows beside a result.

    `seconds` is the CPU time of loading and calling; `memory` is what the context held afterwards,
    in bytes.
    """

    console: tuple[str, ...] = ()
    seconds: float = 0.0
    memory: int = 0


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a codec made of a message, or the sentence that says why it could not.

    `reported` are the codec's own `errors`, of which `problem` is made then. `normalized` is what
    its `normalizeUplink` gave, a list of measurements; None where there is none. `fault` is time,
    memory, killed, crashed or paused where the codec was stopped. `output` is its whole answer.
    """

    data: dict[str, JSON]
    warnings: tuple[str, ...] = ()
    problem: str | None = None
    normalized: list[JSON] | None = None
    reported: tuple[str, ...] = ()
    fault: str = ""
    output: JSON = None
    trace: Trace | None = None

    @classmethod
    def failed(cls, problem: str, fault: str = "") -> "Decoded":
        return cls(data={}, problem=problem, fault=fault)


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """The bytes of a downlink; `f_port` is None where the codec leaves it to the caller."""

    payload: bytes
    f_port: int | None = None
    warnings: tuple[str, ...] = ()
    problem: str | None = None
    reported: tuple[str, ...] = ()
    fault: str = ""
    output: JSON = None
    trace: Trace | None = None

    @classmethod
    def failed(cls, problem: str, fault: str = "") -> "Encoded":
        return cls(payload=b"", problem=problem, fault=fault)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a codec.

    `codec` names the source (its hash, or id and version): a worker keeps sources by this name.
    """

    function: ClassVar[str]
    answer: ClassVar[type[Decoded] | type[Encoded]] = Decoded

    codec: str
    source: str
    variables: Mapping[str, str] = field(default_factory=dict)
    mode: Mode = Mode.FRESH

    def as_input(self) -> bytes:
        """The argument of the codec's function, as JSON; `recvTime` becomes a Date inside."""
        return msgspec.json.encode({**self.given(), "variables": dict(self.variables)})

    def given(self) -> dict[str, Any]:
        """The argument without the variables."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Uplink(Call):
    """One message to decode. `received` is ISO 8601 in UTC."""

    function = "decodeUplink"

    f_port: int
    payload: bytes
    received: str

    def given(self) -> dict[str, Any]:
        return {"bytes": list(self.payload), "fPort": self.f_port, "recvTime": self.received}


@dataclass(frozen=True, kw_only=True)
class Downlink(Call):
    """The bytes of a downlink, to be put into words again."""

    function = "decodeDownlink"

    f_port: int
    payload: bytes

    def given(self) -> dict[str, Any]:
        return {"bytes": list(self.payload), "fPort": self.f_port}


@dataclass(frozen=True, kw_only=True)
class Wish(Call):
    """What a device shall do, to be put into bytes."""

    function = "encodeDownlink"
    answer = Encoded

    data: Mapping[str, Any] | Sequence[Any]
    f_port: int | None = None

    def given(self) -> dict[str, Any]:
        return {"data": self.data, "fPort": self.f_port or 1}
