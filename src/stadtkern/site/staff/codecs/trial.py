"""Tries a codec on messages that really came in and on its examples, beside the present one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stadtkern.kernel.devices import codecs, proof
from stadtkern.kernel.devices.models import Profile, Uplink
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.redecode.reading import again
from stadtkern.kernel.devices.repository.check import text
from stadtkern.kernel.devices.sandbox import CodecPool, Decoded, ExampleResult, Trace

NEWEST = 50
MOST_EXAMPLES = 100
LINE = re.compile(r"\(line (\d+)\)")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One message with what the present codec makes of it and what the new one would."""

    uplink: Uplink
    old: str
    new: str
    problem: str
    trace: Trace | None = None
    data: Mapping[str, Any] | None = None

    @property
    def milliseconds(self) -> float:
        """The CPU time that it took."""
        return self.trace.seconds * 1000 if self.trace else 0.0

    @property
    def same(self) -> bool:
        """Whether the change makes no difference to this message."""
        return not self.problem and self.old == self.new


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One example that was run: how it went, and what was expected and came."""

    function: str
    description: str
    passed: bool
    expected: str
    actual: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A whole test. `unusable` says why no message could be read; `line` is where that lies."""

    trials: Sequence[Trial] = ()
    examples: Sequence[Shown] = ()
    unusable: str = ""
    line: int | None = None
    slowest: float = 0.0
    memory: int = 0

    @property
    def milliseconds(self) -> float:
        """The CPU time of the slowest message."""
        return self.slowest * 1000

    @property
    def kilobytes(self) -> float:
        """The most memory that a message took."""
        return self.memory / 1024

    @property
    def passed(self) -> int:
        """How many examples came out as they should."""
        return sum(one.passed for one in self.examples)

    @property
    def failing(self) -> list[Shown]:
        """The examples that did not."""
        return [one for one in self.examples if not one.passed]

    @property
    def fails(self) -> int:
        """How many messages the new codec cannot read."""
        return sum(bool(one.problem) for one in self.trials)

    @property
    def differs(self) -> int:
        """How many messages it reads in another way."""
        return sum(not one.problem and not one.same for one in self.trials)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A codec as somebody is writing it."""

    codec_kind: str
    codec: str


def newest(profile: Profile, most: int = NEWEST) -> list[Uplink]:
    """The last messages of this profile's devices that carry something to read."""
    rows = Uplink.objects.filter(device__profile=profile, event="up").select_related("device")
    if profile.codec_kind != CodecKind.NONE:
        rows = rows.exclude(payload=None).defer("raw")
    return list(rows.order_by("-id")[:most])


def tried(profile: Profile, draft: Draft) -> Tried:
    """What a draft makes of the last messages and of the profile's examples."""
    new = codecs.Codec.of(draft)
    now = replace(codecs.Codec.of(profile), paused="")
    uplinks = newest(profile)
    with CodecPool(workers=1) as pool:
        if problem := codecs.unusable(new, pool):
            return Tried(unusable=problem, line=line_of(problem))
        before = codecs.decode([frame(u, now) for u in uplinks], pool)
        after = codecs.decode([frame(u, new) for u in uplinks], pool, traced=True)
        results = proof.results(draft, profile.examples[:MOST_EXAMPLES], pool)
    trials = [_trial(*three) for three in zip(uplinks, before, after, strict=True)]
    traces = [one.trace for one in trials if one.trace]
    return Tried(
        # What differs or fails first.
        trials=sorted(trials, key=lambda one: (one.same, not one.problem)),
        examples=[shown(one) for one in results],
        line=next((line_of(t.problem) for t in trials if t.problem), None),
        slowest=max((t.seconds for t in traces), default=0.0),
        memory=max((t.memory for t in traces), default=0),
    )


def frame(uplink: Uplink, codec: codecs.Codec) -> codecs.Frame:
    """A kept message for a codec; one without bytes brings its values."""
    return codecs.Frame(
        data=again(uplink).data if uplink.payload is None else None,
        codec=codec,
        f_port=uplink.f_port or 0,
        payload=bytes(uplink.payload or b""),
        received=uplink.time.isoformat(),
    )


def shown(result: ExampleResult) -> Shown:
    """A result in words."""
    answer = result.actual
    came = text(answer.output) if answer.output is not None else answer.problem or ""
    return Shown(
        function=result.function,
        description=result.description,
        passed=result.passed,
        expected=text(result.expected),
        actual=came,
        reason="; ".join(result.differences),
    )


def line_of(problem: str) -> int | None:
    """The line that a problem names."""
    found = LINE.search(problem)
    return int(found[1]) if found else None


def _trial(uplink: Uplink, before: Decoded, after: Decoded) -> Trial:
    return Trial(
        uplink=uplink,
        old=_said(before),
        new=_said(after),
        problem=after.problem or "",
        trace=after.trace,
        data=after.data,
    )


def _said(decoded: Decoded) -> str:
    return decoded.problem or text(decoded.data)
