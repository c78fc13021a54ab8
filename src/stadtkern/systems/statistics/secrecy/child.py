"""The solver in a process of its own, so that web and worker never load it."""

import subprocess
import sys
from typing import Final

import msgspec

from stadtkern.systems.statistics.secrecy.frame import Puzzle

LONGEST: Final = 1800  # seconds


class Answer(msgspec.Struct, kw_only=True):
    """What the solver found; see `solver.Solution`."""

    hidden: list[int]
    ranges: dict[int, tuple[int, int]]
    unprotected: list[int]


class SolverFailed(Exception):
    """The process that protects numbers stopped; nothing was published."""


def solve(puzzle: Puzzle) -> Answer:
    """Run the solver. Without small counts there is nothing to solve."""
    if not puzzle.targets:
        return Answer(hidden=puzzle.hidden, ranges={}, unprotected=[])
    done = subprocess.run(
        [sys.executable, "-m", "stadtkern.systems.statistics.secrecy.run"],
        input=msgspec.json.encode(puzzle), capture_output=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SolverFailed(done.stderr.decode(errors="replace")[-2000:])
    return msgspec.json.decode(done.stdout, type=Answer)
