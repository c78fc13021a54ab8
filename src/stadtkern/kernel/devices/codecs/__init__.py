"""One door to all kinds of codecs: payload to values, values to payload."""

from stadtkern.kernel.devices.codecs.codec import Codec, Frame
from stadtkern.kernel.devices.codecs.door import decode, decode_downlink, encode, unusable
from stadtkern.kernel.devices.codecs.pauses import keep_pauses, release

__all__ = [
    "Codec",
    "Frame",
    "decode",
    "decode_downlink",
    "encode",
    "keep_pauses",
    "release",
    "unusable",
]
