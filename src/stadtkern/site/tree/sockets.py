"""Where the server's Unix socket lives: in the data folder, or nearby when its path is too long."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from stadtkern.site.tree.problem import ServerProblem

LONGEST = 100 - len("/.s.PGSQL.5432")  # bytes; the system's own limit is 104 to 108
SPECIAL = set(",'\"@\\")  # they mean something else in the server's and the clients' settings


def socket_folder(data: Path) -> Path:
    """Always the same for the same data folder, so that a second start finds the first."""
    near = data.resolve() / "run"
    if len(os.fsencode(near)) <= LONGEST and not SPECIAL & set(str(near)):
        return near
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    return _private_place() / f"stadtkern-{os.geteuid()}-{name}"


def _private_place() -> Path:
    ours = Path(f"/run/user/{os.geteuid()}")
    return ours if os.access(ours, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def make_private(folder: Path) -> None:
    """Mode 0700 and nobody else's: whoever reaches the socket may do everything."""
    try:
        if os.path.lexists(folder) and not _ours(folder):
            _remove_foreign(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise ServerProblem(f"{folder} cannot hold the socket ({error.strerror}).") from None


def _ours(folder: Path) -> bool:
    return not folder.is_symlink() and folder.lstat().st_uid == os.geteuid()


def _remove_foreign(folder: Path) -> None:
    """Root finds the folder of the ordinary user it ran the server as, or a trap."""
    if os.geteuid() != 0 or folder.is_symlink():
        raise ServerProblem(f"{folder} belongs to somebody else: remove it.")
    shutil.rmtree(folder)
