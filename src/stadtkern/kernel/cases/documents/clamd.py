"""ClamAV's daemon by its INSTREAM command, as its manual page clamd(8) describes it."""

import re
import socket
import struct
from typing import Final
from urllib.parse import urlsplit

from stadtkern.kernel.cases.documents.scanning import ScannerSilent, Verdict

SECONDS: Final = 30
PIECE: Final = 64 * 1024
PORT: Final = 3310
ANSWER: Final = re.compile(r"^stream: (?:(?P<ok>OK)|(?P<name>.+) FOUND)$")


class Clamd:
    """One daemon at `tcp://host:port` or `unix:///path`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def look(self, content: bytes) -> Verdict:
        """Send the content in pieces, each with its length before it; an empty one ends it."""
        try:
            with self._connected() as way:
                way.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), PIECE):
                    piece = content[start : start + PIECE]
                    way.sendall(struct.pack("!I", len(piece)) + piece)
                way.sendall(struct.pack("!I", 0))
                return _read(way)
        except OSError as error:
            raise ScannerSilent(str(error)) from error

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            way = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            way.settimeout(SECONDS)
            try:
                way.connect(parts.path)
            except OSError:
                way.close()
                raise
            return way
        return socket.create_connection((parts.hostname or "", parts.port or PORT), SECONDS)


def _read(way: socket.socket) -> Verdict:
    """The answer up to its zero byte. Raises ScannerSilent: it says neither yes nor no."""
    told = b""
    while not told.endswith(b"\0") and len(told) < 4096 and (piece := way.recv(4096)):
        told += piece
    found = ANSWER.match(told.rstrip(b"\0").decode("utf-8", "replace"))
    if found is None:
        raise ScannerSilent(told[:200].decode("utf-8", "replace"))
    return Verdict(clean=bool(found["ok"]), name=found["name"] or "")
