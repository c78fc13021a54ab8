"""Runs device codecs (JavaScript, TS013 style) in small, limited processes of their own."""

from stadtkern.kernel.devices.sandbox.examples import ExampleResult, check_examples
from stadtkern.kernel.devices.sandbox.message import JSON, Decoded, Uplink
from stadtkern.kernel.devices.sandbox.pool import CodecPool

__all__ = ["JSON", "CodecPool", "Decoded", "ExampleResult", "Uplink", "check_examples"]
