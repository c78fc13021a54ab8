"""The folder of the database: made whole or not at all, and looked at before it is used."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from stadtkern.site.tree.binaries import server_environment
from stadtkern.site.tree.identity import Identity
from stadtkern.site.tree.journal import reason
from stadtkern.site.tree.problem import ServerProblem
from stadtkern.site.tree.tuning import include_settings

UNFINISHED = ".unfinished"
ORPHANS_DIE_WITHIN = 5.0  # seconds
BUILTIN_PROVIDER_SINCE = 17


def prepare_data_folder(data: Path) -> None:
    """Makes the folder and proves that it takes files."""
    proof = data / ".writable"
    try:
        data.mkdir(parents=True, exist_ok=True)
        try:
            proof.write_bytes(b"x")
        finally:
            proof.unlink(missing_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ServerProblem(f"The data folder {data} is not a folder but a file.") from None
    except OSError as error:
        raise ServerProblem(_unwritable(data, error)) from None


def _unwritable(data: Path, error: OSError) -> str:
    if error.errno == 28:  # ENOSPC
        return f"The disk that holds {data} is full: free some space and start again."
    return f"The data folder {data} is not writable ({error.strerror})."


def check_cluster(cluster: Path, version: int) -> bool:
    """True: there is a database of ours. False: there is none yet. Everything else: a problem."""
    if not os.path.lexists(cluster) or (cluster.is_dir() and not any(cluster.iterdir())):
        return False
    if not cluster.is_dir():
        raise ServerProblem(f"{cluster} should be the folder of the database but is a file.")
    made_by = _made_by(cluster)
    if made_by != str(version):
        raise ServerProblem(
            f"The database in {cluster} was made by PostgreSQL {made_by}, this is PostgreSQL "
            f"{version}: make a backup with the old version and restore it into a new folder."
        )
    return True


def _made_by(cluster: Path) -> str:
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise ServerProblem(
            f"{cluster} holds files but no PostgreSQL database: move them away, "
            "or restore a backup if it was one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ServerProblem(f"The database in {cluster} cannot be read ({error}).") from None


def make_cluster(cluster: Path, programs: Path, version: int, identity: Identity) -> None:
    """initdb into a folder beside it, then a rename: a kill leaves nothing half made."""
    clear_unfinished(cluster)
    unfinished = cluster.with_name(cluster.name + UNFINISHED)
    unfinished.mkdir(mode=0o700)
    identity.give(unfinished)
    _initdb(unfinished, programs, version, identity)
    include_settings(unfinished)
    unfinished.rename(cluster)
    _flush(cluster.parent)


def clear_unfinished(cluster: Path) -> None:
    """Remove what a killed start left; its initdb may still be writing for a moment."""
    unfinished = cluster.with_name(cluster.name + UNFINISHED)
    patience = time.monotonic() + ORPHANS_DIE_WITHIN
    shutil.rmtree(unfinished, ignore_errors=True)
    while unfinished.exists() and time.monotonic() < patience:
        time.sleep(0.05)
        shutil.rmtree(unfinished, ignore_errors=True)


def _initdb(folder: Path, programs: Path, version: int, identity: Identity) -> None:
    command = [str(programs / "initdb"), "-D", str(folder), *_locale(version)]
    command += ["--encoding=UTF8", "--auth=trust", "--username=stadtkern"]
    made = subprocess.run(  # noqa: S603
        command,
        preexec_fn=identity.take(signal.SIGKILL),
        env=server_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if made.returncode:
        clear_unfinished(folder.with_name(folder.name.removesuffix(UNFINISHED)))
        raise ServerProblem(reason(made.stdout, folder.parent))


def _locale(version: int) -> list[str]:
    """The built-in provider needs no locale of the system; version 16 does not have it yet."""
    if version >= BUILTIN_PROVIDER_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _flush(folder: Path) -> None:
    """Makes a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
