"""One process of the tree: how it starts, what it says, how it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stadtkern.site.tree.parent_death import dying_with_parent


@dataclass(frozen=True, kw_only=True)
class Child:
    """`env` is added to ours. Lower `stop_order` stops first, among equals the last started.

    `death_signal` is what it gets when the supervisor is killed outright. Everything here
    survives kill -9, so the default is the sure one.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_order: int = 0
    ready: Callable[[], bool] | None = None
    restart: bool = True
    death_signal: signal.Signals = signal.SIGKILL


class Running:
    """A started child. Start it from the main thread: it ends with the starting thread."""

    def __init__(self, child: Child, echo: Callable[[str, str], None]) -> None:
        self.child = child
        self.last_line = ""
        self._echo = echo
        self._process = subprocess.Popen(  # noqa: S603
            list(child.argv),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
            # A session of its own: Ctrl-C reaches only the supervisor, which keeps the order.
            start_new_session=True,
            preexec_fn=dying_with_parent(child.death_signal),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True, name=child.name)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        return self._process.poll()

    def ending(self) -> str:
        code = self._process.returncode
        if code is not None and code < 0:
            return f"ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def stop(self, patience: Callable[[], float]) -> bool:
        """False when it had to be killed after so many seconds. Its own children go with it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        while self.code is None and time.monotonic() - asked < patience():
            time.sleep(0.02)
        obeyed = self.code is not None
        self.clear()
        return obeyed

    def clear(self) -> None:
        """Ends what is left of its session and hears its last words."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join(1.0)

    def _listen(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for raw in stream:
                line = raw.decode(errors="replace").rstrip()
                self.last_line = line or self.last_line
                self._echo(self.child.name, line)


_voice = threading.Lock()


def echo(name: str, line: str) -> None:
    """Structured lines pass through unchanged; others say who speaks."""
    text = line if line.startswith("{") else f"{name} | {line}"
    # Nobody may be listening any more; the child must still not block on a full pipe.
    with _voice, contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
