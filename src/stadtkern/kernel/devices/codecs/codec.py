"""What a codec is, and what it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from stadtkern.kernel.devices.models import fingerprint
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.sandbox import Decoded, Encoded


class Written(Protocol):
    """What a codec is read from: a Profile, or a form that edits one."""

    @property
    def codec_kind(self) -> str:
        """One of `CodecKind`."""

    @property
    def codec(self) -> str:
        """Its source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Codec:
    """A codec: its kind, its source and the source's hash, under which workers keep it.

    `stateless` lets messages share a context. `paused` is the reason why it is not run.
    """

    kind: str = CodecKind.JAVASCRIPT.value
    source: str = ""
    name: str = ""
    stateless: bool = False
    paused: str = ""

    @classmethod
    def of(cls, written: Written) -> "Codec":
        """The codec of a profile, or of what is like one."""
        return cls(
            kind=str(written.codec_kind),
            source=written.codec,
            name=fingerprint(written.codec),
            stateless=bool(getattr(written, "stateless", False)),
            paused=str(getattr(written, "pause", "")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One uplink for its codec. `received` is ISO 8601; `data` are values that need no codec."""

    codec: Codec
    f_port: int = 0
    payload: bytes = b""
    received: str = ""
    data: Mapping[str, Any] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """A kind of codec that runs in our own process, since it runs no code of others."""

    def decode(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """An uplink's values."""

    def encode(self, source: str, data: Mapping[str, Any], f_port: int | None) -> Encoded:
        """A downlink's bytes."""

    def decode_downlink(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """A downlink's values."""

    def unusable(self, source: str) -> str:
        """Why the source is no codec of this kind; empty where it is one."""
