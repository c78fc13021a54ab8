"""Boards that speak Modbus TCP: lines in holding registers, taken over by a sequence number."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import clock, outward
from stadtkern.systems.parking.boards import registers
from stadtkern.systems.parking.boards.adapter import Shown, Status, Told, Unreachable
from stadtkern.systems.parking.logic.boards.faces import Face

if TYPE_CHECKING:
    from pymodbus.client import ModbusTcpClient

SETTING: Final = "[systems.parking.boards] private_networks"
TIMEOUT, RETRIES = 3.0, 1  # seconds for an answer; tries after the first
WATCHDOG = 20  # minutes without the city after which the board shows its own text
PORT, UNIT = 502, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """A Modbus device."""

    host: str
    port: int = PORT
    unit: int = UNIT


def where(address: str) -> Where:
    """`host[:port][/unit]`. Raises ValueError."""
    place, _slash, unit = address.strip().partition("/")
    host, colon, port = place.rpartition(":") if ":" in place else (place, "", "")
    found = Where(host=host.strip(), port=int(port) if colon else PORT, unit=int(unit or UNIT))
    if not found.host or not 0 < found.port < 65536 or not 0 <= found.unit <= 247:
        raise ValueError(address)
    return found


class ModbusBoard:
    """One board behind a TCP connection that is opened with the first call."""

    talks = True

    def __init__(self, address: str, networks: Sequence[str]) -> None:
        self._address, self._networks = address, networks
        self._client: ModbusTcpClient | None = None
        self._unit = UNIT
        self._lines = 0

    def set_lines(self, face: Face) -> Told:
        """All lines first; the sequence number, written last, shows them together."""
        sequence = self._begin()
        for i, line in enumerate(face.lines[: self._lines]):
            at = registers.WANTED + registers.LINE * i
            self._write(at, registers.of_line(line))
        for i in range(len(face.lines), self._lines):
            self._write(registers.WANTED + registers.LINE * i, [0] * registers.USED)
        after = sequence % 0xFFFF + 1
        self._write(registers.ORDER, [after, WATCHDOG, face.brightness, after])
        return "acknowledged"

    def read_back(self) -> Shown:
        """The lines that are lit, not those that were ordered."""
        self._begin()
        found = [
            registers.line_of(self._read(registers.SHOWN + registers.LINE * i, registers.USED))
            for i in range(self._lines)
        ]
        light = self._read(registers.STATUS, 5)[3]
        face = Face(lines=tuple(found), brightness=min(light, 100))
        return Shown(face=face, at=clock.now())

    def status(self) -> Status:
        """Bits and lamps; the heartbeat goes on by one."""
        self._begin()
        beat = self._read(registers.ORDER, 1)[0]
        self._write(registers.ORDER, [beat % 0xFFFF + 1])
        bits = self._read(registers.STATUS, 1)[0]
        return Status(faults=registers.faults_of(bits), at=clock.now())

    def close(self) -> None:
        """Hang up, if there is a connection."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def _begin(self) -> int:
        """Connect and see who is there; the sequence number of what is shown."""
        if self._client is None:
            self._connect()
        mark, version, lines, _width = self._read(registers.IDENTITY, 4)
        if mark != registers.MARK or version != registers.VERSION:
            raise Unreachable(_("Somebody answers, but it is no board that we know."))
        self._lines = min(lines, 8)
        return self._read(registers.STATUS, 5)[4]

    def _connect(self) -> None:
        from pymodbus.client import ModbusTcpClient  # noqa: PLC0415  only where boards are spoken to

        try:
            there = where(self._address)
            # Only the address is looked at: which networks may be called is one rule for all.
            way = outward.way_to(f"http://{there.host}:{there.port}", networks=self._networks,
                                 setting=SETTING)  # fmt: skip
        except (ValueError, outward.Refused) as error:
            raise Unreachable(str(error)) from None
        self._unit = there.unit
        self._client = ModbusTcpClient(
            way.address, port=there.port, timeout=TIMEOUT, retries=RETRIES
        )
        if not self._client.connect():  # type: ignore[no-untyped-call]
            self.close()
            raise Unreachable(_("The board cannot be connected to."))

    def _read(self, address: int, count: int) -> list[int]:
        answer = self._ask("read_holding_registers", address, count=count)
        found = [int(one) for one in answer.registers]
        if len(found) != count:
            raise Unreachable(_("The board answers with too little."))
        return found

    def _write(self, address: int, values: list[int]) -> None:
        self._ask("write_registers", address, values)

    def _ask(self, what: str, *args: Any, **named: Any) -> Any:
        from pymodbus.exceptions import ModbusException  # noqa: PLC0415

        try:
            answer = getattr(self._client, what)(*args, device_id=self._unit, **named)
        except (ModbusException, OSError) as error:
            self.close()
            raise Unreachable(
                _("The board does not answer (%(why)s).") % {"why": type(error).__name__}
            ) from None
        if answer.isError():
            raise Unreachable(_("The board refuses register %(address)d.") % {"address": args[0]})
        return answer
