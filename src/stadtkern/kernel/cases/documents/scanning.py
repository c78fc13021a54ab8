"""What every scanner for malware can do."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a scanner said; `name` is that of what it found."""

    clean: bool
    name: str = ""


class ScannerSilent(Exception):
    """The scanner gave no answer; nothing is taken without one."""


class Scanner(Protocol):
    """Looks through a file. Raises ScannerSilent."""

    def look(self, content: bytes) -> Verdict:
        """What it thinks of this content."""
        ...
