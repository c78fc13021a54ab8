"""Ends a child process when the process that started it dies without a word."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# Loaded before any fork: loading a library between fork and exec may hang.
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Runs between fork and exec, after every change of user: each of those clears the wish."""
    if sys.platform != "linux":
        return
    LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it died before the wish was heard
        os.kill(os.getpid(), signal.SIGKILL)


def dying_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`. The wish holds for the starting thread, so start from the main thread."""
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)
