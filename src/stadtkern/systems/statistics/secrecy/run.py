"""`python -m ...secrecy.run`: a puzzle comes in as JSON, its solution goes out."""

import sys

import msgspec

from stadtkern.systems.statistics.secrecy import solver
from stadtkern.systems.statistics.secrecy.frame import Puzzle


def main() -> None:
    """Solve one puzzle."""
    puzzle = msgspec.json.decode(sys.stdin.buffer.read(), type=Puzzle)
    try:
        found = solver.solve(puzzle)
    except solver.Unprotected as problem:
        found = solver.Solution(hidden=puzzle.hidden, ranges={}, unprotected=problem.cells)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
