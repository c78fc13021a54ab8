"""Which adapter speaks to a board."""

from stadtkern.kernel.sealing import unseal
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.boards.adapter import BoardAdapter
from stadtkern.systems.parking.models import Board


def adapter_of(board: Board) -> BoardAdapter:
    """A new one. Raises ValueError: the key was sealed with another secret."""
    from stadtkern.systems.parking.boards.http import HttpBoard  # noqa: PLC0415  by protocol
    from stadtkern.systems.parking.boards.lorawan import LoraBoard  # noqa: PLC0415
    from stadtkern.systems.parking.boards.modbus import ModbusBoard  # noqa: PLC0415

    networks = logic.settings().boards.private_networks
    if board.protocol == "modbus":
        return ModbusBoard(board.address, networks)
    if board.protocol == "http":
        return HttpBoard(board.address, unseal(board.secret), networks)
    return LoraBoard(board.address, board.shown_at)
