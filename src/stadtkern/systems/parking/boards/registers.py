"""The registers of a Modbus board: docs/reference/boards.md has the map."""

from collections.abc import Sequence
from typing import Final

from stadtkern.systems.parking.logic.boards.faces import Line, plain

MARK: Final = 0x5342  # "SB"
VERSION: Final = 1
# Where blocks begin.
IDENTITY, ORDER, STATUS, WANTED, SHOWN = 0, 10, 20, 100, 300
# How far apart lines are, and how many registers of them are used: an arrow and 32 characters.
LINE, USED = 20, 17
CODES: Final = (
    "", "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left",
)  # fmt: skip
BITS: Final = {1: "lamp", 2: "temperature", 3: "door", 4: "fallback", 5: "controller"}


def of_line(line: Line) -> list[int]:
    """The registers of a line: arrow, then two Latin-1 characters in each, filled with zeros."""
    text = plain(line.text).encode("latin-1")[: 2 * (USED - 1)].ljust(2 * (USED - 1), b"\0")
    pairs = [int.from_bytes(text[i : i + 2], "big") for i in range(0, len(text), 2)]
    return [CODES.index(line.arrow), *pairs]


def line_of(registers: Sequence[int]) -> Line:
    """The line of registers; an arrow that is not known is none."""
    code, *pairs = registers[:USED]
    text = b"".join(pair.to_bytes(2, "big") for pair in pairs).partition(b"\0")[0]
    return Line(text=plain(text.decode("latin-1")), arrow=CODES[code] if code < len(CODES) else "")


def faults_of(bits: int) -> tuple[str, ...]:
    """Bit 0 says that the board works, the others what is wrong."""
    found = [name for bit, name in BITS.items() if bits >> bit & 1]
    return tuple(found) if bits & 1 or found else ("controller",)
