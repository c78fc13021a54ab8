"""From what a person or a system means to bytes, and back again, through the device's codec."""

import re
from collections.abc import Mapping
from typing import Any

from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices.codecs.layout import layout
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.sandbox import Decoded, Encoded

# Also as ChirpStack 3 and the first The Things Network called it.
ENCODER = re.compile(r"\b(?:encodeDownlink|Encode|Encoder)\b")
DECODER = re.compile(r"\bdecodeDownlink\b")


def encodes(profile: Profile) -> bool:
    """Whether the codec can make a downlink from data."""
    if profile.codec_kind == CodecKind.JAVASCRIPT:
        return bool(ENCODER.search(profile.codec))
    if profile.codec_kind == CodecKind.FIELDS:
        return _has_downlinks(profile.codec)
    return profile.codec_kind == CodecKind.CAYENNE


def decodes(profile: Profile) -> bool:
    """Whether the codec can read a downlink."""
    if profile.codec_kind == CodecKind.JAVASCRIPT:
        return bool(DECODER.search(profile.codec))
    return encodes(profile)


def encode(profile: Profile, data: Mapping[str, Any], f_port: int | None = None) -> Encoded:
    """The bytes for this data; the codec may overrule the wish for a port."""
    return codecs.encode(codecs.Codec.of(profile), data, f_port)


def words(profile: Profile, payload: bytes, f_port: int) -> Decoded:
    """What these bytes tell the device."""
    return codecs.decode_downlink(codecs.Codec.of(profile), payload, f_port)


def _has_downlinks(source: str) -> bool:
    try:
        return bool(layout(source).downlinks)
    except ValueError:
        return False
