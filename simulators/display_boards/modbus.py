"""A board's controller on Modbus TCP: holding registers, as docs/reference/boards.md has them."""

import asyncio
import threading

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.display_boards.board import ARROWS, Board, Line

MARK, VERSION = 0x5342, 1
ORDER, SEQUENCE, STATUS, WANTED, SHOWN, END = 10, 13, 20, 100, 300, 480
LINE, TEXT = 20, 16
PULLED = 30.0  # seconds for which a pulled cable keeps a caller waiting


class Controller:
    """The registers of one board; reading them looks at its lamps."""

    def __init__(self, board: Board) -> None:
        self.board = board

    async def act(
        self, code: int, start: int, address: int, count: int,
        registers: list[int], values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:  # fmt: skip
        if not self.board.reachable:
            await asyncio.sleep(PULLED)
        if values is None:
            self._refresh(registers)
            return None
        if not (ORDER <= address < STATUS or WANTED <= address < SHOWN):
            return ExcCodes.ILLEGAL_ADDRESS
        self.board.alive()
        if address <= SEQUENCE < address + count:
            after = [*registers]
            after[address : address + count] = [int(one) for one in values]
            self._show(after)
        return None

    def _show(self, registers: list[int]) -> None:
        self.board.watchdog = registers[ORDER + 1] * 60.0
        lines = [line_of(registers[at : at + 1 + TEXT]) for at in self._blocks(WANTED)]
        self.board.order(lines, registers[ORDER + 2], registers[SEQUENCE])

    def _refresh(self, registers: list[int]) -> None:
        board = self.board
        registers[0:4] = [MARK, VERSION, board.rows, board.width]
        lamps = 12 if "lamp" in board.failures else 0
        registers[STATUS : STATUS + 5] = [
            board.status_bits(), lamps, 215, board.brightness, board.sequence
        ]  # fmt: skip
        for at, line in zip(self._blocks(SHOWN), board.shown(), strict=False):
            registers[at : at + 1 + TEXT] = registers_of(line)

    def _blocks(self, base: int) -> list[int]:
        return [base + LINE * i for i in range(self.board.rows)]


def line_of(registers: list[int]) -> Line:
    """Arrow, then two Latin-1 characters in each register, up to the first zero."""
    raw = b"".join(one.to_bytes(2, "big") for one in registers[1:])
    code = registers[0]
    return Line(text=raw.split(b"\0")[0].decode("latin-1").rstrip(),
                arrow=ARROWS[code] if code < len(ARROWS) else "")  # fmt: skip


def registers_of(line: Line) -> list[int]:
    raw = line.text.encode("latin-1", "replace")[: 2 * TEXT].ljust(2 * TEXT, b"\0")
    return [ARROWS.index(line.arrow), *(int.from_bytes(raw[i : i + 2], "big")
                                        for i in range(0, 2 * TEXT, 2))]  # fmt: skip


class Server:
    """A Modbus TCP server in a thread of its own."""

    def __init__(self, board: Board, host: str, port: int) -> None:
        self.board, self.address = board, (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._problem = ""

    def start(self) -> None:
        """Raises OSError: the port is taken."""
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._ready.wait(30)
        if self._problem:
            raise OSError(self._problem)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        block = SimData(address=0, count=END, values=0, datatype=DataType.REGISTERS)
        device = SimDevice(id=0, simdata=[block], action=Controller(self.board).act)
        server = ModbusTcpServer(device, address=self.address)
        try:
            await server.serve_forever(background=True)
        except RuntimeError as error:
            self._problem = str(error)
        self._ready.set()
        if not self._problem:
            await self._done.wait()
            # The package does not type it.
            await server.shutdown()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        if self._loop is not None and not self._problem:
            self._loop.call_soon_threadsafe(self._done.set)
