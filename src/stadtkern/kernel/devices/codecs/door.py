"""Takes each message to the kind of codec that its profile names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from stadtkern.kernel.devices.codecs.cayenne import Cayenne
from stadtkern.kernel.devices.codecs.codec import Codec, Frame, Reader
from stadtkern.kernel.devices.codecs.fields import Fields
from stadtkern.kernel.devices.codecs.plain import Plain
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.sandbox import (
    CodecPool,
    Decoded,
    Downlink,
    Encoded,
    Mode,
    Uplink,
    Wish,
)

READERS: dict[str, Reader] = {
    CodecKind.CAYENNE.value: Cayenne(),
    CodecKind.FIELDS.value: Fields(),
    CodecKind.NONE.value: Plain(),
}
# Problems that every message would meet: such a codec would only lose data.
UNUSABLE = ("codec threw: SyntaxError", "codec threw: Error: there is no function")
EPOCH = "2026-01-01T00:00:00Z"


def decode(
    frames: Sequence[Frame], pool: CodecPool | None = None, *, traced: bool = False
) -> list[Decoded]:
    """One result for each frame, in their order. Without a pool one is made for this call.

    `traced` asks for console, time and memory, for the editor's test; it shares no context.
    """
    found = [_inside(frame) for frame in frames]
    scripts = [frame for frame, done in zip(frames, found, strict=True) if done is None]
    with _workers(pool if scripts else None, bool(scripts)) as workers:
        outside = iter(workers.decode([_uplink(f, traced) for f in scripts]) if workers else ())
    return [next(outside) if done is None else done for done in found]


def encode(
    codec: Codec,
    data: Mapping[str, Any],
    f_port: int | None = None,
    pool: CodecPool | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    traced: bool = False,
) -> Encoded:
    """The bytes of one downlink; `f_port` is the caller's wish, which the codec may overrule."""
    if codec.paused:
        return Encoded.failed(codec.paused, "paused")
    if reader := READERS.get(codec.kind):
        return reader.encode(codec.source, data, f_port)
    wish = Wish(
        codec=codec.name,
        source=codec.source,
        data=data,
        f_port=f_port,
        variables=variables or {},
        mode=Mode.TRACED if traced else Mode.FRESH,
    )
    with _workers(pool, True) as workers:
        [encoded] = workers.encode([wish]) if workers else [Encoded.failed("no workers")]
    return encoded


def decode_downlink(
    codec: Codec, payload: bytes, f_port: int, pool: CodecPool | None = None
) -> Decoded:
    """What a downlink's bytes say."""
    if codec.paused:
        return Decoded.failed(codec.paused, "paused")
    if reader := READERS.get(codec.kind):
        return reader.decode_downlink(codec.source, payload, f_port)
    sent = Downlink(codec=codec.name, source=codec.source, payload=payload, f_port=f_port)
    with _workers(pool, True) as workers:
        [decoded] = workers.decode([sent]) if workers else [Decoded.failed("no workers")]
    return decoded


def unusable(codec: Codec, pool: CodecPool | None = None) -> str:
    """Why no message could be decoded with this codec; empty where it loads."""
    if reader := READERS.get(codec.kind):
        return reader.unusable(codec.source)
    awake = replace(codec, paused="")
    [probe] = decode([Frame(codec=awake, f_port=1, received=EPOCH)], pool)
    problem = probe.problem or ""
    return problem if problem.startswith(UNUSABLE) else ""


def _inside(frame: Frame) -> Decoded | None:
    """The result of a codec that needs no worker."""
    codec = frame.codec
    if codec.paused:
        return Decoded.failed(codec.paused, "paused")
    if frame.data is not None:
        return Decoded(data=dict(frame.data))
    if reader := READERS.get(codec.kind):
        return reader.decode(codec.source, frame.payload, frame.f_port)
    return None


def _uplink(frame: Frame, traced: bool) -> Uplink:
    mode = Mode.SHARED if frame.codec.stateless else Mode.FRESH
    return Uplink(
        codec=frame.codec.name,
        source=frame.codec.source,
        f_port=frame.f_port,
        payload=frame.payload,
        received=frame.received,
        variables=frame.variables,
        mode=Mode.TRACED if traced else mode,
    )


@contextmanager
def _workers(pool: CodecPool | None, needed: bool) -> Iterator[CodecPool | None]:
    if pool is not None or not needed:
        yield pool
        return
    with CodecPool(workers=1) as own:
        yield own
