"""The log file of PostgreSQL: rotated at every start, read for progress and for reasons."""

import os
from pathlib import Path

KEPT = 5
LARGEST = 50_000_000  # bytes; a server that runs for months must not fill the disk with its log
TAIL = 20_000  # bytes


class ServerLog:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_up_to = 0

    def open(self) -> int:
        """A file descriptor to append to; the earlier logs move to .1, .2 and so on."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.rotate()
        self._read_up_to = 0
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            if self._numbered(number).exists():
                self._numbered(number).replace(self._numbered(number + 1))
        if self.path.exists():
            self.path.replace(self._numbered(1))

    def shrink(self) -> None:
        """The server keeps appending to the same file, so an overlong log is emptied in place."""
        if self.path.exists() and self.path.stat().st_size > LARGEST:
            os.truncate(self.path, 0)
            self._read_up_to = 0

    def new_lines(self) -> list[str]:
        with self.path.open("rb") as log:
            log.seek(self._read_up_to)
            fresh = log.read()
        self._read_up_to += len(fresh)
        return fresh.decode(errors="replace").splitlines()

    def tail(self) -> str:
        with self.path.open("rb") as log:
            log.seek(max(0, self.path.stat().st_size - TAIL))
            return log.read().decode(errors="replace")

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def message(line: str) -> str:
    """Without time and process number: 'redo in progress, elapsed time: 2.00 s'."""
    for level in ("LOG:  ", "FATAL:  ", "PANIC:  ", "ERROR:  "):
        if level in line:
            return line.split(level, 1)[1].strip()
    return line.strip()


def reason(log: str, folder: Path) -> str:
    """Why the server did not start, as one sentence."""
    if "No space left on device" in log:
        return f"The disk that holds {folder} is full: free some space and start again."
    if "Read-only file system" in log or "Permission denied" in log:
        return f"PostgreSQL may not write into {folder}: check its owner and its mode."
    worst = [line for line in log.splitlines() if "FATAL:" in line or "PANIC:" in line]
    said = message((worst or log.splitlines() or ["it wrote nothing"])[-1]).rstrip(".")
    if _damaged(log):
        return f"The database in {folder} is damaged ({said}): restore a backup."
    return f"PostgreSQL does not start on {folder}: {said}."


def _damaged(log: str) -> bool:
    signs = (
        "PANIC:",
        "invalid checkpoint record",
        "could not locate a valid checkpoint",
        "could not open file",
        "could not read file",
        "incorrect checksum",
        "invalid data in file",
        "could not access status of transaction",
        "database files are incompatible",
        "is not a valid data directory",
        "does not exist",
        "is missing",
        "could not access the server configuration file",
        "could not open directory",
    )
    return any(sign in log for sign in signs)
