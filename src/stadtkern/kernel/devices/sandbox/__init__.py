"""Runs device codecs (JavaScript, TS013 style) in small, limited processes of their own."""

from stadtkern.kernel.devices.sandbox.compare import Match
from stadtkern.kernel.devices.sandbox.examples import ExampleResult, check_examples
from stadtkern.kernel.devices.sandbox.message import (
    JSON,
    Decoded,
    Downlink,
    Encoded,
    Mode,
    Trace,
    Uplink,
    Wish,
)
from stadtkern.kernel.devices.sandbox.pool import CodecPool
from stadtkern.kernel.devices.sandbox.stateless import prove_stateless

__all__ = [
    "JSON",
    "CodecPool",
    "Decoded",
    "Downlink",
    "Encoded",
    "ExampleResult",
    "Match",
    "Mode",
    "Trace",
    "Uplink",
    "Wish",
    "check_examples",
    "prove_stateless",
]
