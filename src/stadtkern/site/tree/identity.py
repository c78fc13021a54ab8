"""As whom PostgreSQL runs: it refuses root, and no parent folder's mode may change for it."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stadtkern.site.tree.binaries import server_environment
from stadtkern.site.tree.parent_death import LIBC, die_with_parent
from stadtkern.site.tree.problem import ServerProblem

CLONE_NEWUSER = 0x10000000


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Neither field: as we are. A namespace: still us for every file, but not called root."""

    namespace: pwd.struct_passwd | None = None
    user: pwd.struct_passwd | None = None

    def take(self, death_signal: signal.Signals) -> Callable[[], None]:
        """A `preexec_fn` that becomes this identity."""
        parent, ours = os.getpid(), (os.geteuid(), os.getegid())

        def between_fork_and_exec() -> None:
            os.umask(0o077)
            if self.namespace:
                _enter_namespace(self.namespace, ours)
            if self.user:
                os.setgroups([])
                os.setgid(self.user.pw_gid)
                os.setuid(self.user.pw_uid)
            die_with_parent(death_signal, parent)

        return between_fork_and_exec

    def give(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def reaches(self, folder: Path, program: Path) -> bool:
        """Whether it may enter the folder and run the program: asked by doing so."""
        become = self.take(signal.SIGKILL)

        def enter() -> None:
            become()
            os.chdir(folder)

        try:
            tried = subprocess.run(  # noqa: S603
                [program, "--version"],
                preexec_fn=enter,
                env=server_environment(),
                capture_output=True,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return tried.returncode == 0


def _enter_namespace(shown: pwd.struct_passwd, ours: tuple[int, int]) -> None:
    if LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{shown.pw_uid} {ours[0]} 1")
    Path("/proc/self/gid_map").write_text(f"{shown.pw_gid} {ours[1]} 1")


def choose_identity(folder: Path, program: Path) -> Identity:
    """For root a user namespace, or else an ordinary user; for everybody else themselves."""
    if os.geteuid() != 0:
        return Identity()
    namespace = Identity(namespace=_any_ordinary_user())
    if namespace.reaches(folder, program):
        return namespace
    ordinary = Identity(user=_owner_or_nobody(folder))
    if ordinary.reaches(folder, program):
        return ordinary
    raise ServerProblem(_closed_way(ordinary, folder, program))


def _any_ordinary_user() -> pwd.struct_passwd:
    """Its number must have a name: initdb looks it up."""
    found = next((user for user in pwd.getpwall() if user.pw_uid != 0), None)
    if found is None:
        raise ServerProblem("PostgreSQL does not run as root, and this system has no other user.")
    return found


def _owner_or_nobody(folder: Path) -> pwd.struct_passwd:
    owner = folder.stat().st_uid
    known = {user.pw_uid: user for user in pwd.getpwall() if user.pw_uid != 0}
    nobody = next((user for user in known.values() if user.pw_name == "nobody"), None)
    return known.get(owner) or nobody or _any_ordinary_user()


def _closed_way(identity: Identity, folder: Path, program: Path) -> str:
    name = identity.user.pw_name if identity.user else "nobody"
    ways = [*reversed(program.parents), *reversed(folder.parents), folder]
    closed = next((way for way in ways if not way.stat().st_mode & 0o001), folder)
    return (
        f"PostgreSQL does not run as root, and the ordinary user {name} may not enter {closed}: "
        "start Stadtkern as an ordinary user or choose another data folder with STADTKERN_DATA."
    )
