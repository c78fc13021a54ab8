"""What ingest must know of a network, kept for a few seconds so that a burst asks once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from stadtkern.kernel.devices.models import Network

# Staff see changed settings take effect within these seconds.
FRESH = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A network's adapter and its settings."""

    kind: str
    settings: Mapping[str, Any]


_entries: dict[str, Entry] = {}
_until = 0.0
_turn = Lock()


def look_up(slug: str, *, at_first: Entry | None = None) -> Entry | None:
    """The network of this name; one query for all of them every few seconds.

    One that is not among them is asked for at once, as it may have been set up this very moment;
    or it is `at_first`.
    """
    global _until
    if time.monotonic() >= _until or (at_first is None and slug not in _entries):
        with _turn:
            rows = Network.objects.values_list("slug", "kind", "settings")
            found = {name: Entry(kind=kind, settings=said) for name, kind, said in rows}
            _entries.clear()
            _entries.update(found)
            _until = time.monotonic() + FRESH
    return _entries.get(slug, at_first)


def forget() -> None:
    """Ask again at the next message."""
    global _until
    _until = 0.0
