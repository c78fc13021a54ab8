"""Puts a worker's reply into the answer that its call is due."""

from dataclasses import replace
from typing import Any, TypeAlias

import msgspec

from stadtkern.kernel.devices.sandbox import shape, wire
from stadtkern.kernel.devices.sandbox.message import Call, Decoded, Encoded, Trace

Answer: TypeAlias = Decoded | Encoded

FAULTS = {wire.TIME: "time", wire.MEMORY: "memory"}


def answered(call: Call, kind: bytes, body: bytes) -> Answer:
    """The checked answer to a call."""
    if kind == wire.TRACE:
        return _traced(call, msgspec.json.decode(body))
    if kind == wire.RESULT:
        return shape.decoded(body) if call.answer is Decoded else shape.encoded(body)
    return call.answer.failed(body.decode(errors="replace"), FAULTS.get(kind, ""))


def _traced(call: Call, told: dict[str, Any]) -> Answer:
    if "problem" in told:
        plain: Answer = call.answer.failed(told["problem"], told["fault"])
    else:
        plain = answered(call, wire.RESULT, told["body"].encode())
    trace = Trace(
        console=tuple(shape.one_line(line) for line in told["console"]),
        seconds=told["seconds"],
        memory=told["memory"],
    )
    return replace(plain, trace=trace)
