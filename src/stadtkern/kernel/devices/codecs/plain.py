"""No codec: the message brings its values."""

from collections.abc import Mapping
from typing import Any

from stadtkern.kernel.devices.sandbox import Decoded, Encoded


class Plain:
    """For devices that send their values in plain sight; they have no bytes to be read."""

    def decode(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """Bytes say nothing here."""
        return Decoded.failed("the message brings no values, and its profile has no codec")

    def encode(self, source: str, data: Mapping[str, Any], f_port: int | None) -> Encoded:
        """Nothing can be put into bytes here."""
        return Encoded.failed("this profile has no codec that could write bytes")

    def decode_downlink(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """Bytes say nothing here."""
        return Decoded.failed("this profile has no codec that could read bytes")

    def unusable(self, source: str) -> str:
        """There is no source."""
        return ""
