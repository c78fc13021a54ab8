"""Fair shares of a site's limit, and the safe order in which they are told: pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# IEC 61851-1: below 6 A a car does not charge, so it gets that or has to wait.
LEAST_A: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """An outlet: `w_per_a` over all its phases, and the most its cable bears.

    `charges`: a car is there. Who has `waited` longer gets its least share first. `direct`: direct
    current.
    """

    key: int
    w_per_a: int
    most_a: int
    charges: bool
    waited: float = 0.0
    direct: bool = False

    @property
    def least_w(self) -> int:
        return LEAST_A * self.w_per_a


def shares(limit_w: int, draws: Sequence[Draw]) -> dict[int, int]:
    """Amperes for each outlet: 0 or from LEAST_A to its most, together never above the limit.

    Cars first, those that waited longest before others; an outlet without a car gets the least
    share if there is room for it, so that a car that comes need not wait for us. What is left is
    shared among the cars evenly, ampere by ampere of the one that has least power.
    """
    amps = {one.key: 0 for one in draws}
    left = limit_w
    order = sorted(draws, key=lambda one: (not one.charges, -one.waited, one.key))
    for one in order:
        if one.most_a >= LEAST_A and one.least_w <= left:
            amps[one.key], left = LEAST_A, left - one.least_w
    open_ = [one for one in draws if one.charges and amps[one.key]]
    return _filled(amps, open_, left)


def _filled(amps: dict[int, int], open_: list[Draw], left: int) -> dict[int, int]:
    """One ampere after another to who has the least power; at most a few hundred steps."""
    while open_:
        one = min(open_, key=lambda d: (amps[d.key] * d.w_per_a, d.key))
        if amps[one.key] >= one.most_a or one.w_per_a > left:
            open_.remove(one)
            continue
        amps[one.key] += 1
        left -= one.w_per_a
    return amps


def step(
    limit_w: int,
    draws: Sequence[Draw],
    held: Mapping[int, int],
    asked: Mapping[int, int],
    target: Mapping[int, int],
) -> dict[int, int]:
    """What may be told now: first all that lowers, then what fits beside what still stands.

    `held` is what each point has agreed to, `asked` what is on its way to it: whichever is higher
    counts until it answers. Returns only what is to be told anew.
    """
    by_key = {one.key: one for one in draws}
    worst = {k: max(held.get(k, one.most_a), asked.get(k, 0)) for k, one in by_key.items()}
    told = {
        key: amps
        for key, amps in target.items()
        if key not in asked and amps < held.get(key, by_key[key].most_a)
    }
    used = sum(amps * by_key[key].w_per_a for key, amps in worst.items())
    for key in sorted(target, key=lambda k: (target[k] - worst[k], k)):
        more = (target[key] - worst[key]) * by_key[key].w_per_a
        if key in asked or target[key] <= worst[key] or used + more > limit_w:
            continue
        told[key], used = target[key], used + more
    return told
