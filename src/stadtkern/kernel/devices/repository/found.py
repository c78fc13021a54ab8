"""What is found in a device repository, whatever its layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# What an example calls, by the names of TS013.
UPLINK, ENCODER, DOWNLINK = "decodeUplink", "encodeDownlink", "decodeDownlink"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a file, an example or a device is left out: an English sentence that can be translated,
    and what it was about."""

    path: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Codec:
    """A codec of the repository: JavaScript that answers to the names of TS013 or older ones.

    `examples` are `{function, description, input, output}`, with `normalizedOutput` where the
    repository says what `normalizeUplink` gives.
    """

    path: str
    source: str
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A device with its codec: what becomes a profile."""

    slug: str
    vendor: str
    model: str
    title: str
    path: str
    codec: Codec
    about: tuple[str, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One vendor: how many devices it lists, those with a codec, all codecs, and the problems."""

    vendor: str
    listed: int = 0
    devices: tuple[Found, ...] = ()
    codecs: tuple[Codec, ...] = ()
    problems: tuple[Problem, ...] = ()


class Layout(Protocol):
    """A way to lay out a repository."""

    name: str

    def vendors(self) -> list[str]:
        """The vendors that have devices, in their order."""
        ...

    def part(self, vendor: str) -> Part:
        """What one vendor brings; never raises because of what a file says."""
        ...


Parts = Iterator[Part]
