"""Finds out whether a codec answers the same whatever it was asked before."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from stadtkern.kernel.devices.sandbox.examples import call
from stadtkern.kernel.devices.sandbox.message import Call, Mode, Uplink
from stadtkern.kernel.devices.sandbox.pool import CodecPool

ROUNDS = 4
# An example cut short is a message too, and takes other ways through the codec.
CUTS = (0, 1, 2, 3, 5, 8)
SEED = 157


def prove_stateless(
    source: str, examples: Iterable[Mapping[str, Any]], pool: CodecPool | None = None
) -> bool:
    """Whether its uplink examples, whole and cut short, give in one shared context and in several
    shuffled orders what they give in fresh ones. Without examples that decode nothing is proven.

    Shared contexts are hardened (see compartment.js): a codec for which that makes a difference is
    not proven either.
    """
    if pool is None:
        # One worker, so that all messages meet in one context.
        with CodecPool(workers=1) as own:
            return prove_stateless(source, examples, own)
    calls = messages(source, examples)
    fresh = pool.run(calls)
    if not any(answer.problem is None for answer in fresh):
        return False
    expected = dict(zip(map(id, calls), fresh, strict=True))
    chance = random.Random(SEED)  # noqa: S311 - an order, not a secret
    for _ in range(ROUNDS):
        order = chance.sample(calls, len(calls))
        shared = pool.run([replace(one, mode=Mode.FORCED) for one in order])
        if [expected[id(one)] for one in order] != shared:
            return False
    return True


def messages(source: str, examples: Iterable[Mapping[str, Any]]) -> list[Call]:
    """The uplinks of the examples, each also cut short."""
    whole = [made for example in examples if isinstance(made := call(source, example), Uplink)]
    cut = [
        replace(one, payload=one.payload[: len(one.payload) * share // 10])
        for one in whole
        for share in CUTS
    ]
    return [*whole, *cut]
