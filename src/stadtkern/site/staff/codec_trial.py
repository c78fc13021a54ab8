"""Tries a changed codec on messages that really came in, beside the present one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stadtkern.kernel.devices.models import Profile, Uplink, fingerprint
from stadtkern.kernel.devices.sandbox import CodecPool, Decoded
from stadtkern.kernel.devices.sandbox import Uplink as Message

NEWEST = 20
# Problems that every message would meet; saving such a codec would only lose data.
UNUSABLE = ("codec threw: SyntaxError", "codec threw: Error: there is no function decodeUplink")
EPOCH = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One message with what the present codec makes of it and what the new one would."""

    uplink: Uplink
    old: str
    new: str
    problem: str

    @property
    def same(self) -> bool:
        """Whether the change makes no difference to this message."""
        return not self.problem and self.old == self.new


def newest(profile: Profile) -> list[Uplink]:
    """The last messages of this profile's devices that carry a payload."""
    rows = Uplink.objects.filter(device__profile=profile).exclude(payload=None)
    return list(rows.defer("raw").select_related("device").order_by("-id")[:NEWEST])


def tried(profile: Profile, source: str) -> tuple[str, list[Trial]]:
    """Why the new source cannot be used at all, or nothing; and its trials."""
    uplinks = newest(profile)
    with CodecPool(workers=1) as pool:
        probe = pool.decode([_probe(source)])[0]
        old = pool.decode([_message(u, profile.codec) for u in uplinks])
        new = pool.decode([_message(u, source) for u in uplinks])
    return _unusable(probe), _compared(uplinks, old, new)


def unusable(source: str) -> str:
    """Why no message could be decoded with this source; empty where it loads."""
    with CodecPool(workers=1) as pool:
        return _unusable(pool.decode([_probe(source)])[0])


def _unusable(probe: Decoded) -> str:
    problem = probe.problem or ""
    return problem if problem.startswith(UNUSABLE) else ""


def _probe(source: str) -> Message:
    return Message(codec=fingerprint(source), source=source, f_port=1, payload=b"", received=EPOCH)


def _message(uplink: Uplink, source: str) -> Message:
    return Message(
        codec=fingerprint(source),
        source=source,
        f_port=uplink.f_port or 0,
        payload=bytes(uplink.payload or b""),
        received=uplink.time.isoformat(),
    )


def _compared(
    uplinks: Sequence[Uplink], old: Sequence[Decoded], new: Sequence[Decoded]
) -> list[Trial]:
    return [
        Trial(uplink=uplink, old=_said(before), new=_said(after), problem=after.problem or "")
        for uplink, before, after in zip(uplinks, old, new, strict=True)
    ]


def _said(decoded: Decoded) -> str:
    return decoded.problem or _text(decoded.data)


def _text(data: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=2).decode()
