"""One Stadtkern per data folder: a lock that ends with its process, however that ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from stadtkern.site.tree.cluster import prepare_data_folder
from stadtkern.site.tree.problem import ServerProblem


class DataFolderLock:
    """Use it as a context; the file stays, only the lock on it counts."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._path = data / "stadtkern.lock"
        self._handle = -1

    def __enter__(self) -> None:
        prepare_data_folder(self._data)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 20).decode(errors="replace").strip()
            os.close(self._handle)
            raise ServerProblem(
                f"Another Stadtkern already runs on this data folder (process {holder})."
            ) from None
        os.truncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)
